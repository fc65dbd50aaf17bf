"""Branches of proposals to which others did more than merge them."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.execute.errors import TerminalError
from engine.execute.ports import Declined, Landed, Proposed
from tests.adapters.execute_contracts.changes_contract import QA, QA_PROMOTED, START, run
from tests.adapters.git.changes.conftest import GitWorld, write_hook
from tests.support.changes import TickingClock, promotion


@pytest.fixture(params=["bare", "served"])
def world(request: pytest.FixtureRequest) -> GitWorld:
    found: GitWorld = request.getfixturevalue(request.param)
    return found


def amend(world: GitWorld, branch: str, base: str, content: str) -> str:
    """Be a reviewer who replaces the proposed commit by one without trailers."""
    world.repo.branch("amending", base)
    amended = world.commit({"qa/values.yaml": content}, branch="amending", message="as it should be")
    world.repo.branch(branch, amended)
    return amended


def test_a_branch_that_was_set_back_is_declined(world: GitWorld) -> None:
    start = world.commit(START)
    change = promotion(world.url, start, head=start)
    run(world.changes().propose(change))
    world.repo.branch(change.proposed, start)
    answer = run(world.changes().propose(change))
    assert isinstance(answer, Declined)
    assert "set back" in answer.reason


def test_a_removed_branch_is_declined_even_within_the_second(bare: GitWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commit that would be proposed again is then the very same object, which no compare-and-swap tells apart."""
    monkeypatch.setattr(TickingClock, "now", lambda _: datetime(2026, 11, 2, tzinfo=UTC))
    start = bare.commit(START)
    change = promotion(bare.url, start, head=start)
    changes = bare.changes()
    run(changes.propose(change))
    bare.remove(change.proposed)
    assert isinstance(run(changes.propose(change)), Declined)


def test_an_amended_proposal_stays_open_until_it_is_merged(world: GitWorld) -> None:
    start = world.commit(START)
    change = promotion(world.url, start, head=start)
    run(world.changes().propose(change))
    amended = amend(world, change.proposed, start, QA_PROMOTED + "more: 1\n")
    assert isinstance(run(world.changes().propose(change)), Proposed)
    world.commit({"other.txt": "y\n"})
    merged = world.merge(change.proposed, "merge")
    world.commit({"other.txt": "z\n"})
    landed = run(world.changes().propose(change))
    assert isinstance(landed, Landed)
    assert (landed.commit, landed.changed) == (merged, True)
    run(world.changes().withdraw(change, "too late"))
    assert world.head(change.proposed) == amended


def test_a_merged_branch_is_not_withdrawn(world: GitWorld) -> None:
    start = world.commit(START)
    change = promotion(world.url, start, head=start)
    run(world.changes().propose(change))
    tip = world.merge(change.proposed, "fast-forward")
    run(world.changes().withdraw(change, "too late"))
    assert world.head(change.proposed) == world.head() == tip


def test_values_that_came_by_hand_are_landed_where_they_came(world: GitWorld) -> None:
    start = world.commit(START)
    change = promotion(world.url, start, head=start)
    run(world.changes().propose(change))
    world.commit({"qa/values.yaml": QA.replace("replicas: 5", "replicas: 6")})
    by_hand = world.commit({"qa/values.yaml": QA_PROMOTED.replace("replicas: 5", "replicas: 6")})
    world.commit({"qa/values.yaml": QA_PROMOTED})
    landed = run(world.changes().propose(change))
    assert isinstance(landed, Landed)
    assert (landed.commit, landed.changed) == (by_hand, True)


def test_a_reverted_promotion_can_be_proposed(world: GitWorld) -> None:
    start = world.commit(START)
    done = run(world.changes().commit(promotion(world.url, start, head=start)))
    undo = promotion(world.url, done.commit, head=start, revert=True)
    assert isinstance(run(world.changes().propose(undo)), Proposed)
    assert world.read("qa/values.yaml", undo.proposed) == QA.encode()
    merged = world.merge(undo.proposed, "squash")
    landed = run(world.changes().propose(undo))
    assert isinstance(landed, Landed)
    assert landed.commit == merged


def test_a_repository_that_keeps_no_marks_is_told(world: GitWorld) -> None:
    start = world.commit(START)
    write_hook(world.repo, "update", 'case "$1" in refs/promo/*) echo "only branches here" >&2; exit 1;; esac')
    change = promotion(world.url, start, head=start)
    with pytest.raises(TerminalError, match="only branches here"):
        run(world.changes().propose(change))
    assert world.head(change.proposed) is None


def test_a_damaged_copy_is_made_anew(served: GitWorld, tmp_path: Path) -> None:
    changes = served.changes()
    start = served.commit(START)
    run(changes.commit(promotion(served.url, start, head=start)))
    copy = next(path for path in (tmp_path / "cache").iterdir() if path.suffix == ".git")
    shutil.rmtree(copy / "objects" / "pack")
    later = served.commit({"dev/values.yaml": "image:\n  tag: '3'\n"})
    run(changes.commit(promotion(served.url, later, head=later, release="rel-2")))
    assert served.read("qa/values.yaml") == QA.replace("'1'", "'3'").encode()
