"""`promo run` as a process among others: at a terminal, interrupted, killed, and beside another one."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

import pytest

from tests.support.release_world import ReleaseWorld, eventually
from tests.support.terminal import at_terminal

QUICK = ("--product", "storefront", "--flow", "quick")
CHECKED = ("--product", "storefront", "--flow", "checked")


@pytest.fixture
def world(tmp_path: Path) -> ReleaseWorld:
    return ReleaseWorld(tmp_path)


# --- at a terminal


def test_it_asks_and_no_means_no(world: ReleaseWorld) -> None:
    answers = {"Promote storefront to qa? [y/N]": "n"}
    code, printed = at_terminal(world.command("run", *QUICK), world.folder, world.environment, answers)
    assert code == 2
    assert "aborted" in printed
    assert '+    tag: "2.0.0" # promoted from dev' in printed
    assert not (world.folder / ".promo" / "releases.db").exists()


def test_yes_runs_it_and_the_last_drawing_stays(world: ReleaseWorld) -> None:
    answers = {"Promote storefront to qa? [y/N]": "y"}
    code, printed = at_terminal(world.command("run", *QUICK), world.folder, world.environment, answers)
    assert code == 0
    last = printed.rpartition("Release ")[2]
    assert "✓ succeeded" in last
    assert "\x1b[2K" not in last
    assert re.search(r"└─ ✓ health  the folder is right at [0-9a-f]{10}\r\n", last)
    assert "created by" not in printed
    assert world.promotions("qa") == 1


def test_a_saved_plan_is_asked_about_too(world: ReleaseWorld) -> None:
    world.promo("plan", *QUICK, "--out", "plan.json")
    answers = {"Promote storefront to qa? [y/N]": "n"}
    code, _ = at_terminal(world.command("run", "plan.json"), world.folder, world.environment, answers)
    assert (code, world.promotions("qa")) == (2, 0)


def test_a_release_longer_than_the_terminal_is_left_whole(world: ReleaseWorld) -> None:
    answers = {"[y/N]": "y"}
    code, printed = at_terminal(world.command("run", *QUICK), world.folder, world.environment, answers, (6, 80))
    assert code == 0
    last = printed.rpartition("Release ")[2]
    assert all(f"✓ {name}" in last for name in ("dev", "qa", "action", "health"))


# --- interrupted and killed


def begun(world: ReleaseWorld) -> str:
    eventually("the workflow begins", lambda: world.began("gate") == 1)
    return str(world.releases()[0]["id"])


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_it_says_how_to_go_on_and_does(world: ReleaseWorld, sent: signal.Signals) -> None:
    process = world.start("run", *CHECKED, "--yes")
    try:
        release = begun(world)
        # As a terminal does: to everything the command started, too.
        os.killpg(process.pid, sent)
        _, err = process.communicate(timeout=60)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 130
    assert f"release {release} is saved as it stands" in err
    assert f"promo run --resume {release}" in err
    assert "Traceback" not in err
    assert world.shown(release)["status"] == "running"
    world.let_end("gate")
    resumed = world.process("run", "--resume", release)
    assert resumed.code == 0, resumed.err
    assert "pre-action gate succeeded" in resumed.out
    assert (world.began("gate"), world.promotions("qa")) == (1, 1)


def test_killed_it_goes_on_where_it_was(world: ReleaseWorld) -> None:
    process = world.start("run", *CHECKED, "--yes")
    try:
        release = begun(world)
    finally:
        process.kill()
        process.communicate(timeout=60)
    world.let_end("gate")
    resumed = world.process("run", "--resume", release)
    assert resumed.code == 0, resumed.err
    assert (world.began("gate"), world.promotions("qa")) == (1, 1)
    kinds = [event["kind"] for event in world.shown(release)["events"] if event["step"] == "pre-action"]
    assert kinds == ["step.running", "step.succeeded"]


def test_killed_before_it_could_see_its_own_push_it_pushes_once(world: ReleaseWorld) -> None:
    hook = world.bare.path / "hooks" / "post-receive"
    hook.parent.mkdir(exist_ok=True)
    # The push has happened, and whoever pushed dies before hearing of it.
    dead = world.shared / "dead"
    hook.write_text(f"#!/bin/sh\n[ -e {dead} ] && exit 0\ntouch {dead}\nkill -9 $(cat {world.shared}/pid)\n")
    hook.chmod(0o755)
    process = world.start("run", *QUICK, "--yes")
    (world.shared / "pid").write_text(str(process.pid))
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    assert world.promotions("qa") == 1
    release = world.releases()[0]["id"]
    assert world.shown(release)["status"] == "running"
    resumed = world.process("run", "--resume", release)
    assert resumed.code == 0, resumed.err
    assert world.promotions("qa") == 1


# --- two at once


def test_a_second_run_follows_what_the_first_carries_on(world: ReleaseWorld) -> None:
    first = world.start("run", *CHECKED, "--yes")
    try:
        release = begun(world)
        second = world.start("run", "--resume", release)
        try:
            noted = ""
            assert second.stderr is not None
            while "carries this release on" not in noted:
                line = second.stderr.readline()
                assert line, noted
                noted += line
            world.let_end("gate")
            out, _ = second.communicate(timeout=60)
            assert second.returncode == 0
            assert "qa: succeeded" in out
        finally:
            second.kill()
            second.wait()
        first.communicate(timeout=60)
        assert first.returncode == 0
    finally:
        first.kill()
        first.wait()
    assert (world.began("gate"), world.promotions("qa")) == (1, 1)


def test_when_the_first_is_killed_the_second_takes_over(world: ReleaseWorld) -> None:
    first = world.start("run", *CHECKED, "--yes")
    try:
        release = begun(world)
        second = world.start("run", "--resume", release)
        try:
            assert second.stderr is not None
            assert "release" in second.stderr.readline()
            assert "carries this release on" in second.stderr.readline()
            first.kill()
            world.let_end("gate")
            second.communicate(timeout=60)
            assert second.returncode == 0
        finally:
            second.kill()
            second.wait()
    finally:
        first.kill()
        first.communicate()
    assert (world.began("gate"), world.promotions("qa")) == (1, 1)
