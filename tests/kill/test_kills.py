"""No crash loses or repeats a step: workers are killed and frozen at any instant, effects counted at the servers."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from tests.kill.harness import Figures, Trial, carry_out, overlapping
from tests.support.postgres import MISSING, PostgresCluster, programs

SOAK = bool(os.environ.get("PROMO_SOAK"))
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
    kills, each = (220, 120) if SOAK else (12, 8)
    with PostgresCluster() as cluster:
        trial = Trial(cluster.new_store(), tmp_path, workers=3, products=6, each=each, kills=kills, longest=3000)
        judge(asyncio.run(carry_out(trial)), kills, capsys, "3 workers, PostgreSQL")


def test_one_worker_on_sqlite(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kills, each = (220, 120) if SOAK else (8, 6)
    store = str(tmp_path / "releases.db")
    trial = Trial(store, tmp_path, workers=1, products=4, each=each, kills=kills, longest=3000)
    judge(asyncio.run(carry_out(trial)), kills, capsys, "1 worker, SQLite")


def test_overlaps_are_noticed() -> None:
    assert overlapping([("a", "1"), ("b", "9"), ("a", "1"), ("a", "2"), ("b", "9")]) == []
    assert overlapping([("a", "1"), ("a", "2"), ("a", "1")]) == ["1"]
