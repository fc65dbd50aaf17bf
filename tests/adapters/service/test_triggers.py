"""Commits start exactly the releases they should, whatever webhooks come, however often, in whatever order."""

from __future__ import annotations

import random
import signal
from pathlib import Path

from tests.support.service_world import ServiceWorld
from tests.support.serving import push_hook, served
from tests.support.waiting import eventually


def over(releases: list[dict[str, str]]) -> bool:
    return all(one["status"] == "succeeded" for one in releases)


def test_a_push_starts_the_release_of_its_commit_and_its_own_commit_starts_none(
    world: ServiceWorld, tmp_path: Path
) -> None:
    with served(world, tmp_path / "log") as service:
        sha = world.commit("trio", "1.1.0")
        answer = service.http.post("/webhooks/main", **push_hook(world, sha))
        assert (answer.status_code, answer.json()) == (202, {"result": "accepted"})
        eventually(lambda: len(service.releases()) == 1 and over(service.releases()))
        (release,) = service.releases()
        assert (release["product"], release["commit"]) == ("trio", sha)
        world.commit("blog", "2.0.0", "wip: not yet")
        last = world.commit("blog", "2.0.1")
        service.http.post("/webhooks/main", **push_hook(world, last))
        eventually(lambda: len(service.releases()) == 2 and over(service.releases()))
        assert [one["product"] for one in service.releases()] == ["trio", "blog"]
        assert service.metric('promo_triggers_total{result="started"}') == 2
        assert service.metric("promo_trigger_lag_seconds_count") == 2


def test_duplicates_and_reordering_start_each_release_once(world: ServiceWorld, tmp_path: Path) -> None:
    with served(world, tmp_path / "log") as service:
        commits = [(name, world.commit(name, f"1.{number}.0")) for number in range(1, 4) for name in ("trio", "blog")]
        hooks = [sha for _, sha in commits] * 5
        random.Random(7).shuffle(hooks)
        for sha in hooks:
            assert service.http.post("/webhooks/main", **push_hook(world, sha)).status_code == 202
        eventually(lambda: len(service.releases()) == 6 and over(service.releases()))
        assert [(one["product"], one["commit"]) for one in service.releases()] == commits


def test_what_no_webhook_told_of_is_found_by_looking_and_after_a_restart(world: ServiceWorld, tmp_path: Path) -> None:
    with served(world, tmp_path / "log", "--poll", "1s") as service:
        first = world.commit("trio", "1.1.0")
        eventually(lambda: [one["commit"] for one in service.releases()] == [first])
        service.stop(signal.SIGKILL)
    missed = [world.commit("trio", f"1.1.{number}") for number in (1, 2)]
    with served(world, tmp_path / "log", "--poll", "1s") as service:
        eventually(lambda: [one["commit"] for one in service.releases()] == [first, *missed])
        eventually(lambda: over(service.releases()))


def test_a_crash_after_a_webhook_was_answered_loses_and_repeats_nothing(world: ServiceWorld, tmp_path: Path) -> None:
    commits: list[str] = []
    for number in range(4):
        with served(world, tmp_path / "log", "--poll", "1h") as service:
            commits.append(world.commit("trio", f"1.{number}.1"))
            service.http.post("/webhooks/main", **push_hook(world, commits[-1]))
            service.stop(signal.SIGKILL)
    with served(world, tmp_path / "log", "--poll", "1h") as service:
        eventually(lambda: [one["commit"] for one in service.releases()] == commits)
        eventually(lambda: over(service.releases()))
