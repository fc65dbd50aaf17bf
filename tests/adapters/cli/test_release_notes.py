"""`promo release notes`: what came since the version that was there before."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.release_world import ReleaseWorld

QUICK = ("--product", "storefront", "--flow", "quick")


@pytest.fixture
def world(tmp_path: Path) -> ReleaseWorld:
    return ReleaseWorld(tmp_path)


def released(world: ReleaseWorld, *arguments: str) -> str:
    done = world.promo("run", *(arguments or QUICK), "--yes", "--no-wait")
    assert done.code == 0, done.err
    return str(world.releases()[0]["id"])


def test_the_first_release_shows_the_latest_commits(world: ReleaseWorld) -> None:
    release = released(world)
    done = world.promo("release", "notes", release)
    assert done.code == 0, done.err
    lines = done.out.splitlines()
    assert lines[:5] == [
        "# storefront 2.0.0",
        "",
        "The first release known to reach `qa`.",
        "",
        "## argocd/storefront-dev",
    ]
    assert [line.partition(" — ")[0] for line in lines if line.startswith("- ")] == ["- feat: two", "- chore: start"]
    assert lines[-1] == "By Ada Example."


def test_since_the_release_before_without_the_commits_of_promotions(world: ReleaseWorld) -> None:
    first = released(world)
    world.version("2.1.0", "SHOP-12: faster search (#41)", author="Grace Example", email="grace@example.com")
    world.bare.commit({"apps/storefront/qa/notes.txt": "x"}, message="docs: of qa, not of dev")
    world.version("2.2.0", "fix: totals\n\nFixes #7, see SHOP-13. Encoded as UTF-8.")
    second = released(world)
    done = world.promo("release", "notes", second)
    assert f"Since 2.0.0 (release {first}) in `qa`." in done.out
    notes = [line for line in done.out.splitlines() if line.startswith("- ")]
    assert [note.rpartition(", ")[0] for note in notes] == [
        "- fix: totals (SHOP-13, #7) — Ada Example",
        "- SHOP-12: faster search (#41) — Grace Example",
    ]
    assert "By Ada Example, Grace Example." in done.out
    data = json.loads(world.promo("release", "notes", second, "--format", "json").out)
    assert data["since"] == {"release": first, "version": "2.0.0"}
    [application] = data["applications"]
    assert application["complete"] is True
    assert [(one["pull_requests"], one["issues"]) for one in application["commits"]] == [
        ([], ["SHOP-13", "#7"]),
        (["41"], ["SHOP-12"]),
    ]


def test_what_was_in_an_environment_before_is_asked_of_that_environment(world: ReleaseWorld) -> None:
    first = released(world)
    world.version("2.1.0", "feat: more")
    second = released(world, "--product", "storefront", "--flow", "standard")
    assert f"(release {first}) in `qa`" in world.promo("release", "notes", second, "-e", "qa").out
    assert "The first release known to reach `prod`." in world.promo("release", "notes", second).out
    wrong = world.promo("release", "notes", second, "-e", "pord")
    assert wrong.code == 2
    assert "did you mean `prod`?" in wrong.err


def test_what_controls_a_terminal_is_escaped(world: ReleaseWorld) -> None:
    world.version("2.1.0", "feat: \x1b[2J", author="E\x1b[31mvil")
    out = world.promo("release", "notes", released(world)).out
    assert "\x1b" not in out
    assert "feat: " in out


def test_nothing_new_is_said(world: ReleaseWorld) -> None:
    released(world)
    again = released(world)
    done = world.promo("release", "notes", again)
    assert done.code == 0
    assert "No commits changed it." in done.out


def test_a_repository_that_is_away_is_told(world: ReleaseWorld) -> None:
    release = released(world)
    world.bare.path.rename(world.bare.path.with_suffix(".gone"))
    done = world.promo("release", "notes", release)
    assert done.code == 2
    assert "error: " in done.err
    assert "internal" not in done.err
