"""How many releases a worker moves on with each kind of store, and what those that wait cost."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench.report import RELEASES, Report, verdict
from tests.support.postgres import MISSING, PostgresCluster, programs

pytestmark = pytest.mark.bench

ROOT = Path(__file__).parents[2]
RUN, WAITING = 400, 5_000


def probe(store: str, count: int, what: str) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.release_probe", store, str(count), what]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stderr
    found: dict[str, float] = json.loads(done.stdout)
    return found


def measured(name: str, first: str, second: str, report: Report) -> None:
    ran, waited = probe(first, RUN, "run"), probe(second, WAITING, "wait")
    met = ran["per_second"] >= 60 and waited["megabytes"] <= 100 and waited["core"] <= 0.1
    report.add(
        RELEASES,
        name,
        f"{ran['per_second']:.0f}",
        f"{ran['per_cpu_second']:.0f}",
        f"{ran['saves']:.0f}",
        f"{waited['megabytes']:.0f}",
        f"{waited['core']:.1%}",
        verdict(met, ">= 60/s, <= 100 MB, <= 10 %"),
    )


def by_dbos(name: str, url: str, report: Report) -> None:
    command = [sys.executable, "-m", "tests.bench.peers.dbos_releases", url, str(RUN)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stderr
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    report.add(RELEASES, name, f"{found['per_second']:.0f}", f"{found['per_cpu_second']:.0f}", "", "", "", "")


def test_sqlite(tmp_path: Path, report: Report) -> None:
    measured("SQLite", str(tmp_path / "run.db"), str(tmp_path / "wait.db"), report)
    by_dbos("dbos, SQLite", f"sqlite:///{tmp_path / 'dbos.db'}", report)


def test_postgresql(report: Report) -> None:
    if programs() is None:
        pytest.skip(MISSING)
    with PostgresCluster(durable=True) as cluster:
        measured("PostgreSQL", cluster.new_store(), cluster.new_store(), report)
        cluster.sql("CREATE DATABASE dbos")
        by_dbos("dbos, PostgreSQL", cluster.url("dbos"), report)
