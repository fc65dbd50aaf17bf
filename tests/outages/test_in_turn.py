"""Everything that a release needs goes away in turn within its life, each while it is needed, and it goes on by itself.

The next one goes away before the last one comes back, so that the release meets every outage. With
``PROMO_SOAK=1`` each is a minute long, and begins to count when it is noticed.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.outages.scenario import LONGEST
from tests.outages.test_lines import OUTAGE, SOAK
from tests.support.estate import TEMPLATES, Estate, estate
from tests.support.postgres import MISSING, PostgresCluster, programs
from tests.support.serving import Served, push_hook, served
from tests.support.waiting import eventually

LINES = ("workflows", "git", "forge", "argocd", "store")
"""In the order in which a release needs them once its first workflow runs."""


def repetitions(service: Served, release: str) -> list[str]:
    """Return why calls of a release had to be made again."""
    events = service.call("GET", f"/releases/{release}/events").json()["events"]
    return [event["message"] for event in events if event["kind"] == "step.retrying"]


def away(service: Served) -> bool:
    """Say whether the service knows that its store is away."""
    try:
        return service.http.get("/readyz", timeout=30).status_code == 503
    except httpx.TimeoutException:
        return False


def noticed(here: Estate, service: Served, release: str, line: str) -> Callable[[], bool]:
    """Return what says whether the release needed a line since now, and did without."""
    if line == "store":
        return lambda: away(service)
    # A forge is told of by its host alone.
    address = "127.0.0.1 " if line == "forge" else f"127.0.0.1:{here.lines[line].port}"
    before = len(repetitions(service, release))
    return lambda: any(address in reason for reason in repetitions(service, release)[before:])


@pytest.mark.soak
def test_one_release_meets_every_outage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if programs() is None:
        pytest.skip(MISSING)
    with (
        PostgresCluster() as cluster,
        estate(tmp_path, ("shop",), cluster=cluster, workflow_seconds=2.0) as here,
        served(here, tmp_path / "log", "--poll", "5s") as service,
    ):
        service.http.post("/webhooks/main", **push_hook(here, here.commit("shop", "2.0.0")))
        eventually(lambda: here.runs("shop")["gate"] == 1)
        (release,) = (one["id"] for one in service.releases())
        began, last = time.monotonic(), ""
        met = []
        for line in LINES:
            is_noticed = noticed(here, service, release, line)
            here.lines[line].down()
            if last:
                here.lines[last].up()
            eventually(is_noticed, LONGEST)
            time.sleep(OUTAGE)
            if line != "store":
                assert not is_over(service)
                met.append(f"{line}: {repetitions(service, release)[-1]}")
            last = line
        here.lines[last].up()
        eventually(lambda: is_over(service), LONGEST)
        made = {"commit": here.promotions("shop"), "pull request": len(here.forge.state.pulls), **here.runs("shop")}
        assert made == {"commit": 1, "pull request": 1, **dict.fromkeys(TEMPLATES, 1)}
        assert here.tag("shop") == "2.0.0"
    if SOAK:
        with capsys.disabled():
            print(f"\n{len(LINES)} outages of {OUTAGE:.0f} s in turn, all over after {time.monotonic() - began:.0f} s")
            print("\n".join(met))


def is_over(service: Served) -> bool:
    """Say whether the release has come to its end; nothing where nobody can say."""
    try:
        (one,) = service.releases()
    except (httpx.TransportError, KeyError):
        return False
    assert one["status"] not in ("failed", "terminated", "error"), one
    return bool(one["status"] == "succeeded")
