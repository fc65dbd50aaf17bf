"""200 webhooks a second for 30 seconds, repeated and out of order: what is started, and how fast each is answered."""

from __future__ import annotations

import os
import random
import threading
import time
from pathlib import Path

import httpx
import pytest

from tests.support.service_world import make_world
from tests.support.serving import Served, push_hook, served
from tests.support.waiting import eventually

pytestmark = pytest.mark.bench

RATE = 200
SECONDS = float(os.environ.get("PROMO_BENCH_SECONDS", "30"))
SENDERS = 16
COMMITS = 20


def test_webhooks_under_load(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    world = make_world(tmp_path, ("trio",))
    with served(world, tmp_path / "log", "--poll", "1h") as service:
        commits: list[str] = []
        pushing = threading.Thread(
            target=lambda: [commits.append(world.commit("trio", f"1.{number}.0")) for number in range(1, COMMITS + 1)]
        )
        pushing.start()
        begun = resident(service)
        times = load(service, lambda: push_hook(world, random.choice(commits) if commits else "1" * 40))
        pushing.join()
        service.http.post("/webhooks/main", **push_hook(world, commits[-1]))
        eventually(lambda: len(service.releases()) >= COMMITS)
        assert [one["commit"] for one in service.releases()] == commits
        times.sort()
        with capsys.disabled():
            print(
                f"\n{len(times)} webhooks in {SECONDS:.0f} s, {COMMITS} commits, {len(service.releases())} releases: "
                f"median {times[len(times) // 2] * 1000:.1f} ms, p99 {times[len(times) * 99 // 100] * 1000:.1f} ms, "
                f"memory {begun} -> {resident(service)} MB"
            )


def resident(service: Served) -> int:
    """Return the megabytes of memory a service has."""
    status = Path(f"/proc/{service.process.pid}/status").read_text(encoding="utf-8")
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) // 1024


def load(service: Served, hook: object) -> list[float]:
    """Send webhooks at a rate, each at its own moment, and return how long each took from that moment on."""
    times: list[float] = []
    begun, total = time.monotonic(), int(RATE * SECONDS)

    def send(first: int) -> None:
        with httpx.Client(base_url=service.http.base_url, timeout=30, trust_env=False) as http:
            for number in range(first, total, SENDERS):
                moment = begun + number / RATE
                time.sleep(max(0.0, moment - time.monotonic()))
                assert http.post("/webhooks/main", **hook()).status_code == 202  # type: ignore[operator]
                times.append(time.monotonic() - moment)

    senders = [threading.Thread(target=send, args=(first,)) for first in range(SENDERS)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert len(times) == total
    return times
