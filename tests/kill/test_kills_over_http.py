"""The kill test over real HTTP and Git: real adapters, servers in a process of their own, faults the whole time."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.execute.release import Release, new_release
from engine.execute.status import StepStatus
from tests.fakes.fault_proxy import Kind
from tests.kill.harness import Figures, Trial
from tests.kill.http_harness import HttpFigures, carry_out, count, spec_of
from tests.support.effort import SOAK
from tests.support.postgres import MISSING, PostgresCluster, programs
from tests.support.releases import START

HTTP: dict[str, Any] = {"program": "tests.kill.http_worker", "world": "servers.json", "longest": 1800}
PAUSE = (1.0, 2.5)
LONGEST_TAKEOVER = 10.0


def judge(figures: HttpFigures, kills: int, capsys: pytest.CaptureFixture[str], what: str) -> None:
    with capsys.disabled():
        print(f"\n{what}, over HTTP: {figures}")
    assert figures.kills >= kills
    assert figures.missing == []
    assert figures.doubled == []
    assert figures.overlaps == []
    assert figures.faults, "nothing went wrong"
    assert all(seconds <= LONGEST_TAKEOVER for seconds in figures.takeovers)
    if SOAK:
        assert set(figures.faults) == {kind.name for kind in Kind}
        assert len(figures.takeovers) > kills // 10, "hardly anybody held anything when he was killed"
        assert figures.freezes > 0


@pytest.fixture
def cluster() -> Iterator[PostgresCluster]:
    if programs() is None:
        pytest.skip(MISSING)
    with PostgresCluster() as started:
        yield started


def on_postgresql(cluster: PostgresCluster, folder: Path, kills: int, products: int, each: int) -> Trial:
    folder.mkdir()
    return Trial(cluster.new_store(), folder, 3, products, each, kills, pause=PAUSE, **HTTP)


def on_sqlite(folder: Path, kills: int, products: int, each: int) -> Trial:
    folder.mkdir()
    return Trial(str(folder / "releases.db"), folder, 1, products, each, kills, pause=PAUSE, **HTTP)


@pytest.mark.skipif(SOAK, reason="the long form does as much and more")
def test_workers_on_both_databases(
    tmp_path: Path, cluster: PostgresCluster, capsys: pytest.CaptureFixture[str]
) -> None:
    """Side by side, since most of the time is spent waiting."""

    async def both() -> tuple[HttpFigures, HttpFigures]:
        three = replace(on_postgresql(cluster, tmp_path / "postgresql", 4, 2, 1), options=("hasty",))
        one = replace(on_sqlite(tmp_path / "sqlite", 2, 2, 1), options=("hasty",))
        return await asyncio.gather(carry_out(three), carry_out(one))

    three, one = asyncio.run(both())
    judge(three, 4, capsys, "3 workers, PostgreSQL")
    judge(one, 2, capsys, "1 worker, SQLite")


@pytest.mark.skipif(not SOAK, reason="takes ten minutes; with PROMO_SOAK=1")
def test_three_workers_on_postgresql_for_long(
    tmp_path: Path, cluster: PostgresCluster, capsys: pytest.CaptureFixture[str]
) -> None:
    trial = on_postgresql(cluster, tmp_path / "postgresql", 200, 14, 6)
    judge(asyncio.run(carry_out(trial)), 200, capsys, "3 workers, PostgreSQL")


@pytest.mark.skipif(not SOAK, reason="takes ten minutes; with PROMO_SOAK=1")
def test_one_worker_on_sqlite_for_long(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trial = on_sqlite(tmp_path / "sqlite", 200, 14, 6)
    judge(asyncio.run(carry_out(trial)), 200, capsys, "1 worker, SQLite")


# --- what is counted ---------------------------------------------------------------------------------


def over(name: str) -> Release:
    """A release of a product with a pull request, whose steps have all succeeded."""
    made = new_release(spec_of("p1", "git://127.0.0.1/shop/apps", "c0ffee" * 6 + "c0ff"), name, "ann", START)
    steps = {key: replace(step, status=StepStatus.SUCCEEDED) for key, step in made.steps.items()}
    return replace(made, steps=steps)


def effects(release: Release, since: float) -> dict[str, Any]:
    """What the servers have of a release when all is well."""
    key = f"{release.id}/{{}}/p1-{{}}/{{}}/1"
    branch = next(release.proposed(step) for step in release.steps.values() if step.id == ACTION)
    return {
        "runs": [[since + n, key.format(one, one, "post-action")] for n, one in enumerate(("dev", "qa", "prod"))],
        "commits": [[since + 1, key.format("qa", "qa", "action")], [0, key.format("prod", "prod", "action")]],
        "opened": [[since + 1.5, branch]],
        "merged": [[since + 1.6, branch]],
        "syncs": [key.format("prod", "prod", "health")],
    }


ACTION = next(step for step in over("p1-00000").steps if (step.environment, step.role.value) == ("prod", "action"))
ALL = 3 + 2 + 1 + 1 + 1


@pytest.mark.parametrize("kind", ["runs", "commits", "opened", "merged", "syncs"])
def test_what_is_missing_or_doubled_is_noticed(kind: str) -> None:
    release = over("p1-00000")
    figures = Figures()
    count(effects(release, 10), [release], figures)
    assert (figures.steps, figures.missing, figures.doubled, figures.overlaps) == (ALL, [], [], [])
    lacking, twice = effects(release, 10), effects(release, 10)
    del lacking[kind][0]
    twice[kind].append(twice[kind][0])
    for seen in (lacking, twice):
        count(seen, [release], figures)
    assert [one.partition(" ")[0] for one in (*figures.missing, *figures.doubled)] == [kind, kind]


def test_a_release_that_goes_on_after_a_later_one_began_is_noticed() -> None:
    first, second = over("p1-00000"), over("p1-00001")
    figures = Figures()
    one, other = effects(first, 10), effects(second, 10.5)
    count({kind: one[kind] + other[kind] for kind in one}, [first, second], figures)
    assert "p1-00000" in figures.overlaps
