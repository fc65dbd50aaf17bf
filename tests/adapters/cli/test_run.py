"""`promo run` carries out what a plan shows: real repositories, real workflows, a real store."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.release_world import URL, ReleaseWorld

QUICK = ("--product", "storefront", "--flow", "quick")
CHECKED = ("--product", "storefront", "--flow", "checked")


@pytest.fixture
def world(tmp_path: Path) -> ReleaseWorld:
    return ReleaseWorld(tmp_path)


def store_of(world: ReleaseWorld) -> Path:
    return world.folder / ".promo" / "releases.db"


# --- plan first, then run


def test_what_the_plan_shows_is_done_once(world: ReleaseWorld) -> None:
    done = world.promo("run", *QUICK, "--yes")
    assert done.code == 0, done.err
    assert '+    tag: "2.0.0" # promoted from dev' in done.out
    assert "qa: succeeded" in done.out
    assert world.subjects()[0] == "Promote storefront 2.0.0 to qa"
    assert (world.promotions("qa"), world.promotions("prod")) == (1, 0)
    [release] = world.releases()
    assert (release["status"], release["initiator"]) == ("succeeded", "ada@example.com")
    again = world.promo("run", *QUICK, "--yes")
    assert again.code == 0
    assert "action succeeded: no changes" in again.out
    assert world.promotions("qa") == 1


def test_from_a_commit(world: ReleaseWorld) -> None:
    done = world.promo("run", "--commit", "main", "--repo", str(world.bare.path), "--yes", "--no-wait")
    assert done.code == 0, done.err
    assert [release["flow"] for release in world.releases()] == ["standard"]
    assert (world.promotions("qa"), world.promotions("prod")) == (1, 0)


def test_a_commit_that_starts_nothing_begins_nothing(world: ReleaseWorld) -> None:
    world.bare.commit({"README.md": "hello"}, message="docs: hello")
    done = world.promo("run", "--commit", "main", "--repo", str(world.bare.path), "--yes")
    assert done.code == 2
    assert "nothing is promoted" in done.err
    assert not store_of(world).exists()


def test_settings_by_hand_reach_the_release(world: ReleaseWorld) -> None:
    planned = world.promo(
        "plan", "-p", "storefront", "--to", "qa", "--from", "dev", "--set", "action=pr", "--out", "plan.json"
    )
    assert planned.code == 0, planned.err
    done = world.promo("run", "plan.json", "--yes", "--no-wait")
    assert done.code == 0, done.err
    [release] = world.releases()
    assert release["flow"] is None
    environments = {one["name"]: one for one in world.shown(release["id"])["environments"]}
    [action] = [one for one in environments["qa"]["settings"] if one["name"] == "action"]
    assert (action["value"], action["origin"]) == ("pr", "given by hand")
    branches = world.bare.git("branch", "--format=%(refname:short)").splitlines()
    [proposed] = [branch for branch in branches if branch.startswith("promo/")]
    assert world.subjects(proposed)[0] == "Promote storefront 2.0.0 to qa"
    assert world.promotions("qa") == 0


# --- a saved plan


def test_a_saved_plan_is_run(world: ReleaseWorld) -> None:
    assert world.promo("plan", *QUICK, "--out", "plan.json").code == 0
    done = world.promo("run", "plan.json", "--yes")
    assert done.code == 0, done.err
    assert "Promotion of" not in done.out
    assert world.promotions("qa") == 1


def test_a_plan_that_was_printed_with_how_applications_stand_is_run(world: ReleaseWorld) -> None:
    printed = world.promo("plan", *QUICK, "--live", "--format", "json")
    assert printed.code == 0, printed.err
    assert "live" in json.loads(printed.out)
    world.write("plan.json", printed.out)
    done = world.promo("run", "plan.json", "--yes", "--no-wait")
    assert done.code == 0, done.err
    assert world.promotions("qa") == 1


def test_a_saved_plan_is_refused_when_a_file_has_changed(world: ReleaseWorld) -> None:
    world.promo("plan", *QUICK, "--out", "plan.json")
    world.append("environments.promo", "# a word\n")
    world.write("more.promo", "# another\n")
    done = world.promo("run", "plan.json", "--yes")
    assert done.code == 2
    assert "the plan is out of date" in done.err
    assert "file `environments.promo` was changed" in done.err
    assert "file `more.promo` was added" in done.err
    assert "plan again" in done.err
    assert not store_of(world).exists()


def test_a_saved_plan_is_refused_when_a_branch_has_moved(world: ReleaseWorld) -> None:
    world.promo("plan", *QUICK, "--out", "plan.json")
    before = world.bare.git("rev-parse", "main")
    after = world.version("2.1.0", "feat: later")
    done = world.promo("run", "plan.json", "--yes")
    assert done.code == 2
    assert f"`main` of {URL} moved from {before[:10]} to {after[:10]}" in done.err
    assert world.promotions("qa") == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "cannot read `plan.json`: No such file or directory"),
        ("{", "`plan.json` is not JSON"),
        ("[]", "`plan.json` is not a plan"),
        ('{"format": "promo.plan/v999"}', "`plan.json` is not a plan"),
        ("[" * 100_000, "`plan.json` is not JSON"),
    ],
)
def test_what_is_no_plan_is_refused(world: ReleaseWorld, text: str | None, message: str) -> None:
    if text is not None:
        world.write("plan.json", text)
    done = world.promo("run", "plan.json", "--yes")
    assert done.code == 2
    assert message in done.err
    assert "promo plan ... --out plan.json" in done.err


def test_a_plan_of_something_that_is_gone_is_refused(world: ReleaseWorld) -> None:
    world.promo("plan", *QUICK, "--out", "plan.json")
    world.replace("storefront.promo", "flow quick {", "flow quicker {")
    done = world.promo("run", "plan.json", "--yes")
    assert done.code == 2
    assert "is not declared any more" in done.err


def test_a_blocked_plan_begins_nothing(world: ReleaseWorld) -> None:
    world.replace("promo.toml", str(world.bare.path), str(world.folder.parent / "empty.git"))
    world.bare.git("init", "--quiet", "--bare", str(world.folder.parent / "empty.git"))
    for arguments in (("--yes",), ()):
        done = world.promo("run", *QUICK, *arguments)
        assert done.code == 1, done.err
        assert "P0" in done.out
    assert not store_of(world).exists()


# --- refused before anything is begun


def test_nobody_to_ask_is_refused(world: ReleaseWorld) -> None:
    done = world.promo("run", *QUICK)
    assert done.code == 2
    assert "there is nobody to ask" in done.err
    assert "--yes" in done.err
    assert not store_of(world).exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "say what to promote"),
        (("--product", "storefront"), "say where to promote to"),
        (("--resume", "x", "--product", "storefront"), "--resume carries on a release as it was begun"),
        (("--resume", "x", "--detach"), "--resume and --detach exclude each other"),
        (("plan.json", "--product", "storefront"), "nothing can be added to it"),
        (("--product", "storefont", "--flow", "quick"), "did you mean `storefront`?"),
        (("--product", "storefront", "--flow", "qick"), "did you mean `quick`?"),
        (("--product", "storefront", "--to", "pord"), "did you mean `prod`?"),
        (("--resume", "06zzzzz"), "there is no release `06zzzzz`"),
    ],
)
def test_calls_that_make_no_sense(world: ReleaseWorld, arguments: tuple[str, ...], message: str) -> None:
    done = world.promo("run", *arguments, "--yes")
    assert done.code == 2
    assert message in done.err


def test_without_applications_nothing_is_begun(world: ReleaseWorld) -> None:
    world.replace("promo.toml", '[applications]\nadapter = "local"\n', "")
    done = world.promo("run", *QUICK, "--yes")
    assert done.code == 2
    assert "nothing is configured to say how applications stand" in done.err
    assert "[applications]" in done.err.partition("help:")[2]
    assert not store_of(world).exists()


def test_without_an_author_nothing_is_begun(world: ReleaseWorld) -> None:
    world.replace("promo.toml", '[git]\nauthor = "promo <promo@example.com>"\n', "")
    done = world.promo("run", *QUICK, "--yes")
    assert done.code == 2
    assert "nobody is named as the author of commits" in done.err
    assert "author = " in done.err
    assert not store_of(world).exists()


def test_without_workflows_only_flows_without_them_run(world: ReleaseWorld) -> None:
    world.replace("promo.toml", '[workflows]\nadapter = "local"\n', "")
    done = world.promo("run", *CHECKED, "--yes")
    assert done.code == 2
    assert "the release runs the workflow `notify`, and nothing is configured to run workflows" in done.err
    assert not store_of(world).exists()
    assert world.promo("run", *QUICK, "--yes").code == 0


def test_a_workflow_that_cannot_run_here_is_told_before(world: ReleaseWorld) -> None:
    world.replace("promo.toml", '"*" = "host"', '"alpine:*" = "host"')
    done = world.promo("run", *CHECKED, "--yes")
    assert done.code == 2
    assert "the workflow `notify` cannot run here" in done.err
    assert "`sh`" in done.err
    assert not store_of(world).exists()


# --- who may


def test_access_rules_are_asked_before_anything(world: ReleaseWorld) -> None:
    world.append("storefront.promo", "access trigger-qa { teams release-managers allow trigger }\n")
    done = world.promo("run", *QUICK, "--yes")
    assert done.code == 2
    assert "ada@example.com: no access rule allows somebody who is in no team to trigger `storefront`" in done.err
    assert "`release-managers` may" in done.err
    assert not store_of(world).exists()
    assert world.promo("run", *QUICK, "--yes", "--as", "grace@example.com").code == 0
    assert world.releases()[0]["initiator"] == "grace@example.com"
    by_hand = world.promo("run", "-p", "storefront", "--to", "qa", "--yes", "--as", "grace@example.com")
    assert by_hand.code == 2
    assert "to promote `storefront` in `qa`; nobody may" in by_hand.err


# --- how long it stays


def test_detached_it_is_only_begun(world: ReleaseWorld) -> None:
    done = world.promo("run", *QUICK, "--yes", "--detach")
    assert done.code == 0
    [release] = world.releases()
    assert done.out.splitlines()[-1] == release["id"]
    assert (release["status"], world.promotions("qa")) == ("queued", 0)
    resumed = world.promo("run", "--resume", release["id"][:7])
    assert resumed.code == 0
    assert "created by ada" not in resumed.out
    assert world.promotions("qa") == 1
    over = world.promo("run", "--resume", release["id"])
    assert over.code == 0
    assert world.promotions("qa") == 1


def test_no_wait_leaves_when_people_are_waited_for(world: ReleaseWorld) -> None:
    done = world.promo("run", "-p", "storefront", "-f", "standard", "--yes", "--no-wait")
    assert done.code == 0
    [release] = world.releases()
    assert release["status"] == "suspended"
    assert f"promo release approve {release['id']} --environment prod" in done.err
    assert f"promo run --resume {release['id']}" in done.err


def test_a_failure_exits_with_4_and_runs_the_hook(world: ReleaseWorld) -> None:
    world.let_end("gate", 3)
    world.let_end("notify")
    done = world.promo("run", *CHECKED, "--yes")
    assert done.code == 4
    assert "pre-action gate failed" in done.out
    assert (world.began("gate"), world.began("notify"), world.promotions("qa")) == (1, 1, 0)
    assert world.releases()[0]["status"] == "failed"
