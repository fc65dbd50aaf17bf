"""Which runs are removed: those that ended long ago, and nothing that lives or is young."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from adapters.local.running.folder import runs
from adapters.local.running.pruning import prune
from engine.execute.ports import RunPhase
from tests.support.local_world import LocalWorld, possible

OLD, LIMIT, YOUNG = 1_000.0, 2_000.0, 3_000.0


def made(state: Path, name: str, when: float) -> Path:
    """Return the folder of a run whose runner has gone."""
    folder = state / name
    (folder / "nodes" / "one").mkdir(parents=True)
    for file in ("run.json", "lock", "status.json", "nodes/one/log"):
        (folder / file).write_text("{}")
    os.utime(folder, (when, when))
    return folder


def test_old_runs_go_and_young_ones_stay(tmp_path: Path) -> None:
    made(tmp_path, "old", OLD)
    young = made(tmp_path, "young", YOUNG)
    assert prune(tmp_path, LIMIT) == ["old"]
    assert os.listdir(tmp_path) == ["young"]
    assert (young / "nodes" / "one" / "log").exists()


def test_a_run_that_lives_stays_however_old_it_is(tmp_path: Path) -> None:
    folder = made(tmp_path, "long", OLD)
    with open(folder / "lock") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert prune(tmp_path, LIMIT) == []
    assert prune(tmp_path, LIMIT) == ["long"]


def test_a_run_of_which_nobody_can_tell_whether_it_lives_stays_and_holds_up_no_other(tmp_path: Path) -> None:
    lock = made(tmp_path, "broken", OLD) / "lock"
    lock.unlink()
    lock.symlink_to(tmp_path)
    os.utime(lock.parent, (OLD, OLD))
    made(tmp_path, "old", OLD)
    assert prune(tmp_path, LIMIT) == ["old"]
    assert os.listdir(tmp_path) == ["broken"]


def test_what_a_crash_left_goes_in_time(tmp_path: Path) -> None:
    made(tmp_path, ".half.0123456789ab", OLD)
    made(tmp_path, ".beginning.0123456789ab", YOUNG)
    assert prune(tmp_path, LIMIT) == []
    assert os.listdir(tmp_path) == [".beginning.0123456789ab"]


def test_links_files_and_missing_folders_are_left_alone(tmp_path: Path) -> None:
    outside = made(tmp_path / "elsewhere", "run", OLD)
    state = tmp_path / "state"
    state.mkdir()
    (state / "link").symlink_to(outside)
    (state / ".gitignore").write_text("*\n")
    os.utime(state / ".gitignore", (OLD, OLD))
    assert prune(state, LIMIT) == []
    assert sorted(os.listdir(state)) == [".gitignore", "link"]
    assert outside.exists()
    assert prune(tmp_path / "missing", LIMIT) == []


def test_a_start_removes_what_ended_long_ago(tmp_path: Path) -> None:
    world = LocalWorld(tmp_path, "none" if not possible("namespaces", "landlock") else "auto")
    for name in ("first", "second"):
        world.template(name, ends=RunPhase.SUCCEEDED)
    assert world.run("first").phase is RunPhase.SUCCEEDED
    os.utime(world.folder("first").path, (OLD, OLD))
    assert world.run("second").phase is RunPhase.SUCCEEDED
    assert [folder.path.name for folder in runs(world.state)] == ["second"]
