"""Beginning, changing and ending: what a service does when its workspace breaks, and when it is told to stop."""

from __future__ import annotations

import json
import signal
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.fakes.fault_proxy import Fault, FaultProxy, Kind
from tests.support.estate import estate
from tests.support.service_world import ServiceWorld
from tests.support.serving import Served, push_hook, served
from tests.support.waiting import eventually

pytestmark = pytest.mark.long


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


def test_it_is_told_to_end_in_the_middle_of_a_call_and_under_load(tmp_path: Path) -> None:
    with estate(tmp_path, ("trio", "blog")) as here:
        line = here.lines["forge"]
        assert isinstance(line, FaultProxy)
        line.faults.append(Fault(Kind.DELAY, "POST", "/pulls$", seconds=1.5))
        with served(here, tmp_path / "log", "--log-format", "json") as service:
            commits = [("trio", here.commit("trio", "1.1.0"))]
            service.http.post("/webhooks/main", **push_hook(here, commits[0][1]))
            eventually(lambda: here.forge.state.pulls)  # it is opened, and the answer is on its way
            commits.append(("blog", here.commit("blog", "1.1.0")))
            load = Load(service, push_hook(here, commits[1][1]))
            stream = service.http.stream("GET", "/api/v1/releases", headers={"accept": "text/event-stream"})
            with stream, load:
                eventually(lambda: load.answers.count(202) > 3)
                assert service.stop() == 0
            assert set(load.answers) == {202}, "whoever was answered was answered well"
        lines = [json.loads(one) for one in (tmp_path / "log").read_text(encoding="utf-8").splitlines()]
        assert not [one for one in lines if one["level"] == "error" or "traceback" in one]
        with served(here, tmp_path / "log") as service:
            eventually(lambda: [one["status"] for one in service.releases()] == ["succeeded"] * 2)
            assert [(one["product"], one["commit"]) for one in service.releases()] == commits
        assert len(here.forge.state.pulls) == 2
        for name in here.products:
            assert (here.promotions(name), here.runs(name)) == (1, {"gate": 1, "verify": 1})


def test_a_forge_that_hangs_holds_up_neither_commits_nor_the_end(tmp_path: Path) -> None:
    products = tuple(f"p{number}" for number in range(8))
    with estate(tmp_path, products) as here:
        line = here.lines["forge"]
        assert isinstance(line, FaultProxy)
        line.faults.append(Fault(Kind.HANG, "POST", "/pulls$", done=True, times=None))
        with served(here, tmp_path / "log") as service:
            for name in products[:-1]:
                sha = here.commit(name, "1.1.0")
            service.http.post("/webhooks/main", **push_hook(here, sha))
            # As many calls hang as a machine with two processors has threads by default, and one more.
            eventually(lambda: len(here.forge.state.pulls) == 7)
            service.http.post("/webhooks/main", **push_hook(here, here.commit(products[-1], "1.1.0")))
            eventually(lambda: len(service.releases()) == 8)
            assert service.stop() == 0
        assert "calls of other systems do not end and are left" in (tmp_path / "log").read_text(encoding="utf-8")


class Load:
    """Sends a webhook again and again from several threads, until nobody answers.

    Attributes:
        answers: the statuses of all answers.
    """

    def __init__(self, service: Served, hook: dict[str, Any]) -> None:
        self.answers: list[int] = []
        self._service, self._hook = service, hook
        self._threads = [threading.Thread(target=self._send) for _ in range(4)]

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for thread in self._threads:
            thread.join()

    def _send(self) -> None:
        with httpx.Client(base_url=self._service.http.base_url, timeout=30, trust_env=False) as http:
            while True:
                try:
                    self.answers.append(http.post("/webhooks/main", **self._hook).status_code)
                except httpx.TransportError:
                    return
