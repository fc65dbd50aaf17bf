"""No crash loses or repeats a step: workers are killed and frozen at any instant, effects counted at the servers."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.kill.harness import Figures, Trial, carry_out, overlapping
from tests.support.effort import SOAK
from tests.support.postgres import MISSING, PostgresCluster, programs

LONGEST_TAKEOVER = 10.0


def judge(figures: Figures, kills: int, capsys: pytest.CaptureFixture[str], what: str) -> None:
    with capsys.disabled():
        print(f"\n{what}: {figures}")
    assert figures.kills >= kills
    assert figures.missing == []
    assert figures.doubled == []
    assert figures.overlaps == []
    assert all(seconds <= LONGEST_TAKEOVER for seconds in figures.takeovers)


def test_three_workers_on_postgresql(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if programs() is None:
        pytest.skip(MISSING)
    # No more of a product than may wait: one more, and the oldest would be terminated, as it should.
    kills, products, each = (220, 15, 45) if SOAK else (6, 6, 4)
    with PostgresCluster() as cluster:
        trial = Trial(cluster.new_store(), tmp_path, workers=3, products=products, each=each, kills=kills, longest=3000)
        judge(asyncio.run(carry_out(trial)), kills, capsys, "3 workers, PostgreSQL")


def test_one_worker_on_sqlite(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kills, products, each = (220, 10, 45) if SOAK else (4, 4, 3)
    store = str(tmp_path / "releases.db")
    trial = Trial(store, tmp_path, workers=1, products=products, each=each, kills=kills, longest=3000)
    judge(asyncio.run(carry_out(trial)), kills, capsys, "1 worker, SQLite")


def test_a_commit_that_is_made_twice_is_noticed(tmp_path: Path) -> None:
    """Without the look before the act, a crash between a commit and its record doubles it.

    With the look taken out of the trial above and workers that die after one effect in five, 8 of 120 were doubled.
    """
    trial = Trial(str(tmp_path / "releases.db"), tmp_path, workers=1, products=1, each=1, kills=0, options=("blind",))
    figures = asyncio.run(carry_out(trial))
    assert figures.suicides == 1
    assert figures.doubled == ["p0-00000/qa/argocd:shop-qa/action"]
    assert figures.missing == []


def test_overlaps_are_noticed() -> None:
    assert overlapping([("a", "1"), ("b", "9"), ("a", "1"), ("a", "2"), ("b", "9")]) == []
    assert overlapping([("a", "1"), ("a", "2"), ("a", "1")]) == ["1"]
