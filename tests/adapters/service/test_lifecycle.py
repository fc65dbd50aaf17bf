"""Beginning, changing and ending: what a service does when its workspace breaks, and when it is told to stop."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

from tests.support.service_world import ServiceWorld
from tests.support.serving import eventually, served


def test_a_broken_workspace_is_not_taken_over_and_a_repaired_one_is(world: ServiceWorld, tmp_path: Path) -> None:
    estate = world.folder / "estate.promo"
    right = estate.read_text(encoding="utf-8")
    with served(world, tmp_path / "log") as service:
        estate.write_text(right + "\nproduct broken { flow nothing }\n", encoding="utf-8")
        eventually(lambda: service.metric("promo_workspace_ok") == 0)
        ready = service.http.get("/readyz")
        assert (ready.status_code, ready.json()["ready"]) == (200, True)
        assert "mistakes" in ready.json()["workspace"]
        assert [one["name"] for one in service.call("GET", "/products").json()["products"]] == ["blog", "trio"]
        estate.write_text(right + "\nproduct third { flow standard }\n", encoding="utf-8")
        eventually(lambda: service.metric("promo_workspace_ok") == 1)
        assert "third" in service.call("GET", "/products").text


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_when_it_is_told_to_and_gives_back_what_it_holds(
    world: ServiceWorld, tmp_path: Path, number: int
) -> None:
    log = tmp_path / "log"
    with served(world, log, "--log-format", "json") as service:
        made = service.call("POST", "/releases", json={"product": "trio", "flow": "standard"})
        assert made.status_code == 201
        assert service.stop(number) == 0
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert lines[-1]["message"] == "stopped"
    with served(world, log) as service:
        eventually(lambda: service.releases()[0]["status"] == "succeeded")
