"""`promo release`: what is seen of releases, and what people may ask of them."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.support.release_world import ReleaseWorld, eventually

STANDARD = ("--product", "storefront", "--flow", "standard")
CHECKED = ("--product", "storefront", "--flow", "checked")
GRACE = ("--as", "grace@example.com")


@pytest.fixture
def world(tmp_path: Path) -> ReleaseWorld:
    return ReleaseWorld(tmp_path)


@pytest.fixture
def waiting(world: ReleaseWorld) -> str:
    """A release that waits for approval of prod."""
    done = world.promo("run", *STANDARD, "--yes", "--no-wait")
    assert done.code == 0, done.err
    return str(world.releases()[0]["id"])


# --- approve


def test_approved_it_reaches_production(world: ReleaseWorld, waiting: str) -> None:
    asked = world.promo("release", "approve", waiting, *GRACE, "-m", "checked the dashboard")
    assert asked.code == 0
    assert f"asked to approve release {waiting} of `storefront` as grace@example.com" in asked.err
    assert f"promo run --resume {waiting}" in asked.err
    done = world.promo("run", "--resume", waiting)
    assert done.code == 0, done.err
    assert "prod: approved by grace@example.com: checked the dashboard" in done.out
    assert world.promotions("prod") == 1
    [prod] = [one for one in world.shown(waiting)["environments"] if one["name"] == "prod"]
    [given] = prod["approvals"]
    assert (given["actor"], given["teams"]) == ("grace@example.com", ["release-managers"])


@pytest.mark.parametrize("person", ["ada@example.com", "somebody@example.com"])
def test_who_is_in_no_team_that_is_asked_for_does_not_count(world: ReleaseWorld, waiting: str, person: str) -> None:
    world.replace("promo.toml", "[teams]\n", '[teams]\nstorefront = ["ada@example.com"]\n')
    world.promo("release", "approve", waiting, "--as", person)
    done = world.promo("run", "--resume", waiting, "--no-wait")
    assert done.code == 0
    assert "waits for approval from `release-managers` (0 of 1 given)" in done.err
    assert world.promotions("prod") == 0


def test_who_approves_twice_counts_once(world: ReleaseWorld) -> None:
    world.replace("storefront.promo", "approvals 1 from", "approvals 2 from")
    world.replace("promo.toml", '["grace@example.com"]', '["grace@example.com", "alan@example.com"]')
    assert world.promo("run", *STANDARD, "--yes", "--no-wait").code == 0
    release = world.releases()[0]["id"]
    for _ in range(2):
        assert world.promo("release", "approve", release, *GRACE).code == 0
        done = world.promo("run", "--resume", release, "--no-wait")
        assert "(1 of 2 given)" in done.err
    world.promo("release", "approve", release, "--as", "alan@example.com")
    assert world.promo("run", "--resume", release).code == 0
    assert world.promotions("prod") == 1


def test_access_rules_say_who_may_approve_retry_and_terminate(world: ReleaseWorld, waiting: str) -> None:
    world.append(
        "storefront.promo",
        "access managers { teams release-managers allow approve, retry, terminate when environment.kind == prod }\n",
    )
    refused = world.promo("release", "approve", waiting)
    assert refused.code == 2
    assert "ada@example.com: no access rule allows somebody who is in no team to approve `storefront`" in refused.err
    assert "`release-managers` may" in refused.err
    assert world.promo("release", "approve", waiting, *GRACE).code == 0
    # What concerns the whole release has to be allowed wherever it goes.
    refused = world.promo("release", "terminate", waiting, *GRACE)
    assert refused.code == 2
    assert "to terminate `storefront` in `qa`; nobody may" in refused.err
    assert "asked.terminate" not in [event["kind"] for event in world.shown(waiting)["events"]]


def test_approvals_that_make_no_sense(world: ReleaseWorld, waiting: str) -> None:
    for arguments, message in (
        ((waiting, "--environment", "qa"), "`qa` asks for no approvals"),
        ((waiting, "--environment", "pord"), "did you mean `prod`?"),
        (("nothing",), "there is no release `nothing`"),
        ((waiting, "--as", "a\nb"), "is not how somebody is called"),
        ((waiting, "--as", " "), "is not how somebody is called"),
    ):
        done = world.promo("release", "approve", *arguments)
        assert done.code == 2, arguments
        assert message in done.err
    quick = world.promo("run", "--product", "storefront", "--flow", "quick", "--yes", "--detach").out.splitlines()[-1]
    done = world.promo("release", "approve", quick)
    assert done.code == 2
    assert f"no environment of release {quick} waits for approval" in done.err


# --- terminate


def test_terminated_nothing_new_begins(world: ReleaseWorld, waiting: str) -> None:
    assert world.promo("release", "terminate", waiting, "-m", "wrong version").code == 0
    done = world.promo("run", "--resume", waiting)
    assert done.code == 4
    assert "terminating by ada@example.com: wrong version" in done.out
    shown = world.promo("release", "show", waiting).out
    assert "■ terminated" in shown
    assert "wrong version (by ada@example.com)" in shown
    assert (world.promotions("qa"), world.promotions("prod")) == (1, 0)
    for wish, message in (
        ("terminate", "is terminated already"),
        ("approve", "is terminated already"),
        ("retry", "only one that failed can be retried"),
    ):
        refused = world.promo("release", wish, waiting)
        assert refused.code == 2
        assert message in refused.err


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_terminated_while_a_workflow_runs_its_processes_end(world: ReleaseWorld) -> None:
    # Where processes of steps are numbered by the machine, their end can be seen from outside.
    world.replace("promo.toml", "[workflows.local]\n", '[workflows.local]\nisolation = "none"\n')
    world.let_end("notify")
    process = world.start("run", *CHECKED, "--yes")
    try:
        eventually("the workflow begins", lambda: world.began("gate") == 1)
        runs = int((world.shared / "gate.began").read_text().split()[0])
        assert alive(runs)
        release = world.releases()[0]["id"]
        assert world.promo("release", "terminate", release, "-m", "stop it").code == 0
        out, _ = process.communicate(timeout=60)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 4
    assert "pre-action gate terminated" in out
    assert not alive(runs)
    assert (world.began("notify"), world.promotions("qa")) == (1, 0)


# --- retry


def test_retried_it_continues_where_it_failed(world: ReleaseWorld) -> None:
    world.let_end("gate", 1)
    world.let_end("notify")
    assert world.promo("run", *CHECKED, "--yes").code == 4
    release = world.releases()[0]["id"]
    assert f"next: promo release retry {release}" in world.promo("release", "show", release).out
    world.let_end("gate", 0)
    assert world.promo("release", "retry", release, "-m", "mended").code == 0
    done = world.promo("run", "--resume", release)
    assert done.code == 0, done.err
    assert "asked to retry by ada@example.com: mended" in world.promo("release", "show", release, "--events").out
    assert (world.began("gate"), world.promotions("qa")) == (2, 1)
    assert "(attempt 2)" in world.promo("release", "show", release).out
    health = [event for event in world.shown(release)["events"] if event["environment"] == "dev" and event["step"]]
    assert len(health) == 2, "what succeeded is not repeated"


def test_only_what_failed_is_retried(world: ReleaseWorld, waiting: str) -> None:
    done = world.promo("release", "retry", waiting)
    assert done.code == 2
    assert f"release {waiting} is suspended; only one that failed can be retried" in done.err


# --- seen


def test_list_filters_pages_and_names(world: ReleaseWorld, waiting: str) -> None:
    for tag in ("2.1.0", "2.2.0"):
        world.version(tag, "fix: it")
        assert world.promo("run", "--product", "storefront", "--flow", "quick", "--yes", "--detach").code == 0
    everything = world.releases()
    assert [one["version"] for one in everything] == ["2.2.0", "2.1.0", "2.0.0"]

    def listed(*arguments: str) -> list[str]:
        done = world.promo("release", "list", "--format", "json", *arguments)
        assert done.code == 0, done.err
        return [one["version"] for one in json.loads(done.out)]

    assert listed("--status", "suspended") == ["2.0.0"]
    assert listed("--status", "suspended", "--status", "queued") == ["2.2.0", "2.1.0", "2.0.0"]
    assert listed("--status", "failed") == []
    assert listed("--limit", "1") == ["2.2.0"]
    assert listed("--before", everything[1]["id"]) == ["2.0.0"]
    assert listed("--product", "storefront") == ["2.2.0", "2.1.0", "2.0.0"]
    done = world.promo("release", "list", "--status", "failed")
    assert (done.code, done.out) == (0, "no releases\n")
    for arguments, message in (
        (("--status", "faild"), "did you mean `failed`?"),
        (("--status", "xyz"), "no status `xyz`"),
        (("--product", "storefrnt"), "did you mean `storefront`?"),
        (("--before", "nothing"), "there is no release `nothing`"),
    ):
        done = world.promo("release", "list", *arguments)
        assert done.code == 2, arguments
        assert message in done.err


def test_a_product_that_is_not_declared_any_more_is_still_listed(world: ReleaseWorld, waiting: str) -> None:
    world.replace("storefront.promo", "product storefront {", "product store {")
    done = world.promo("release", "list", "--product", "storefront")
    assert done.code == 0
    assert waiting in done.out


def test_a_release_is_named_by_its_beginning_unless_several_begin_so(world: ReleaseWorld, waiting: str) -> None:
    assert world.promo("release", "show", waiting[:8]).code == 0
    world.promo("run", "--product", "storefront", "--flow", "quick", "--yes", "--detach")
    done = world.promo("release", "show", waiting[:2])
    assert done.code == 2
    assert "several" in done.err or "begin" in done.err
    assert waiting in done.err


@pytest.mark.parametrize("command", ["show", "watch", "approve", "retry", "terminate", "notes"])
def test_a_release_that_is_not_there(world: ReleaseWorld, command: str) -> None:
    done = world.promo("release", command, "06zzzzz")
    assert done.code == 2
    assert "there is no release `06zzzzz`" in done.err
    assert "promo release list" in done.err


def test_a_release_with_a_typing_mistake_is_guessed(world: ReleaseWorld, waiting: str) -> None:
    wrong = waiting[:-1] + ("x" if waiting[-1] != "x" else "y")
    done = world.promo("release", "show", wrong)
    assert done.code == 2
    assert f"did you mean `{waiting}`?" in done.err


def test_watch_follows_without_carrying_anything_on(world: ReleaseWorld, waiting: str) -> None:
    watching = world.start("release", "watch", waiting, "--format", "json")
    try:
        assert watching.stdout is not None
        seen = [json.loads(watching.stdout.readline())]
        while seen[-1]["kind"] != "release.suspended":
            seen.append(json.loads(watching.stdout.readline()))
        assert [event["number"] for event in seen] == sorted({event["number"] for event in seen})
        world.promo("release", "approve", waiting, *GRACE)
        assert world.shown(waiting)["status"] == "suspended"
        assert world.promo("run", "--resume", waiting).code == 0
        out, _ = watching.communicate(timeout=60)
    finally:
        watching.kill()
        watching.wait()
    assert watching.returncode == 0
    told = [json.loads(line) for line in out.splitlines()]
    assert told[-1]["kind"] == "release.succeeded"
    again = world.promo("release", "watch", waiting)
    assert again.code == 0
    assert again.out.splitlines()[-1].endswith("  succeeded")


def test_watching_can_be_stopped(world: ReleaseWorld, waiting: str) -> None:
    watching = world.start("release", "watch", waiting)
    try:
        assert watching.stdout is not None
        assert "created by ada@example.com" in watching.stdout.readline()
        watching.send_signal(2)
        _, err = watching.communicate(timeout=60)
    finally:
        watching.kill()
        watching.wait()
    assert watching.returncode == 130
    assert "Traceback" not in err
    assert world.shown(waiting)["status"] == "suspended"


def test_events_are_the_audit_trail(world: ReleaseWorld, waiting: str) -> None:
    text = world.promo("release", "show", waiting, "--events").out
    trail = text.rpartition("\n\n")[2].splitlines()
    assert trail[0].endswith("created by ada@example.com")
    assert trail[-1].endswith("suspended: prod waits for approval from `release-managers` (0 of 1 given)")
    data = world.shown(waiting)
    assert data["format"] == "promo.release/v1"
    assert len(data["events"]) == len(trail)
