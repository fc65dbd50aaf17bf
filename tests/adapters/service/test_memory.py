"""A service that runs for long under webhooks, calls, streams and releases that end: it does not grow.

``PROMO_SOAK_MINUTES`` says how long, 10 unless set; a quarter of that is for getting warm.
"""

from __future__ import annotations

import itertools
import os
import statistics
import time
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.support.estate import Estate, estate
from tests.support.service_world import TOKENS
from tests.support.serving import Served, push_hook, served

pytestmark = pytest.mark.soak

MINUTES = float(os.environ.get("PROMO_SOAK_MINUTES", "10"))
ROUND = 0.5
"""Seconds between two rounds of requests."""

COMMIT_EVERY = 6
SAMPLE_EVERY = 10
GROWTH = 8 * 1024 * 1024
"""Bytes of memory that the last quarter may have more than the second one: less than a kilobyte for each request."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What the service has at a moment: bytes of memory, open files, tasks."""

    memory: float
    files: float
    tasks: float

    @classmethod
    def of(cls, service: Served) -> Sample:
        names = ("process_resident_memory_bytes", "process_open_fds", "promo_tasks")
        return cls(*(service.metric(name) for name in names))


def typical(samples: list[Sample]) -> Sample:
    """Return the median of each number."""
    return Sample(*(statistics.median(getattr(one, name) for one in samples) for name in Sample.__slots__))


def one_round(here: Estate, service: Served, number: int) -> None:
    """Send what a service gets in daily life, and what it should not get."""
    if number % COMMIT_EVERY == 0:
        product = here.products[number // COMMIT_EVERY % len(here.products)]
        sha = here.commit(product, f"1.{number}.0")
        for _ in range(2):
            assert service.http.post("/webhooks/main", **push_hook(here, sha)).status_code == 202
    assert service.http.post("/webhooks/main", **push_hook(here, "2" * 40, "guessed")).status_code == 401
    assert service.http.post("/webhooks/main", **here.pull_hook(f"promo/nobody-{number}")).status_code == 202
    note = {"application": f"nobody-{number}", "namespace": "argocd"}
    service.http.post("/webhooks/argocd", json=note, headers={"x-promo-token": here.environment["ARGOCD_HOOKS"]})
    assert service.call("GET", "/releases", params={"limit": 5}).status_code == 200
    assert service.call("GET", f"/releases/nobody-{number}").status_code == 404
    assert service.call("POST", "/releases", json={"product": f"p{number}", "flow": "standard"}).status_code == 404
    follow(service)
    # A client of its own makes a connection of its own, and goes away in the middle of a request.
    with httpx.Client(base_url=service.http.base_url, timeout=40, trust_env=False) as other:
        assert other.get("/healthz").status_code == 200


def follow(service: Served) -> None:
    """Begin to follow the newest release, and go away."""
    found = service.call("GET", "/releases", params={"limit": 1}).json()["releases"]
    if found:
        headers = {"authorization": f"Bearer {TOKENS['bob']}", "accept": "text/event-stream"}
        with service.http.stream("GET", f"/api/v1/releases/{found[0]['id']}/events", headers=headers) as stream:
            next(stream.iter_lines(), None)


def test_it_does_not_grow(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    samples: list[Sample] = []
    with estate(tmp_path, ("trio", "blog"), workflow_seconds=0.2) as here, served(here, tmp_path / "log") as service:
        began = time.monotonic()
        for number in itertools.count():
            if time.monotonic() - began > MINUTES * 60:
                break
            one_round(here, service, number)
            if number % SAMPLE_EVERY == 0:
                samples.append(Sample.of(service))
            time.sleep(ROUND)
        releases = service.releases()
        assert service.stop() == 0
    quarter = max(1, len(samples) // 4)
    warm, end = typical(samples[quarter : 2 * quarter]), typical(samples[-quarter:])
    ended = sum(one["status"] == "succeeded" for one in releases)
    memory = [f"{one.memory / 1e6:.1f} MB" for one in (samples[0], warm, end)]
    with capsys.disabled():
        print(
            f"\n{MINUTES:g} minutes, {number} rounds, {len(releases)} releases of which {ended} ended: memory "
            f"{memory[0]} at first, {memory[1]} warm, {memory[2]} at the end; "
            f"open files {warm.files:.0f} -> {end.files:.0f}; tasks {warm.tasks:.0f} -> {end.tasks:.0f}"
        )
    assert ended >= len(releases) - 3
    assert end.memory - warm.memory <= GROWTH
    assert end.files - warm.files <= 5
    assert end.tasks - warm.tasks <= 5
