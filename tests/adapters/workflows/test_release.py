"""Whole releases, with real repositories and a real store, whose workflows an Argo Workflows runs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.fakes.argocd_server import MovableClock
from tests.fakes.workflows_controller import Script
from tests.fakes.workflows_server import TOKEN, FakeArgo, Fault, serving
from tests.support.release_world import ReleaseWorld

CHECKED = ("--product", "storefront", "--flow", "checked", "--yes")


class OwnClock(MovableClock):
    """Time that passes by itself."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@pytest.fixture
def argo() -> Iterator[FakeArgo]:
    with serving(FakeArgo(OwnClock())) as state:
        for name in ("gate", "notify"):
            state.add(name, Script(seconds=0.3), arguments={"parameters": [{"name": "p", "value": "0"}]})
        yield state
    assert state.complaints == []


@pytest.fixture
def world(tmp_path: Path, argo: FakeArgo) -> ReleaseWorld:
    world = ReleaseWorld(tmp_path)
    toml = (world.folder / "promo.toml").read_text()
    local = toml[toml.index("[workflows]") : toml.index("[applications]")]
    server = f'namespace = "promotions"\nurl = "{argo.url}"\ntoken = "env:ARGO_TOKEN"\n'
    world.replace("promo.toml", local, f"[runtimes.main.workflows]\n{server}\n")
    world.environment["ARGO_TOKEN"] = TOKEN
    return world


def test_a_pre_action_runs_once_and_the_release_goes_on(world: ReleaseWorld, argo: FakeArgo) -> None:
    argo.faults = [Fault("cut", "^POST"), Fault("refuse", "^GET .*/workflows/", 503)]
    done = world.promo("run", *CHECKED)
    assert done.code == 0, done.err + done.out
    assert argo.started == {"gate": 1}
    assert world.promotions("qa") == 1
    assert [fault.times for fault in argo.faults] == [0, 0]
    (run,) = argo.runs.values()
    assert run.document["metadata"]["labels"]["promo.io/release"] == world.releases()[0]["id"]


def test_a_pre_action_that_fails_is_told_with_its_log_and_the_hook_runs(world: ReleaseWorld, argo: FakeArgo) -> None:
    argo.scripts["gate"] = Script("Failed", 0.3, says="the shop is down")
    names = ("ERROR_MESSAGE", "FAILED_ENVIRONMENTS", "PRODUCT_NAME")
    parameters = [{"name": name} for name in names]
    argo.add("notify", Script(seconds=0.3), arguments={"parameters": parameters})
    world.write("argocd/workflows.yaml", "")
    done = world.promo("run", *CHECKED)
    assert done.code == 4, done.err + done.out
    assert argo.started == {"gate": 1, "notify": 1}
    assert "the shop is down" in done.out
    notify = next(run for run in argo.runs.values() if "notify" in run.name)
    passed = {one["name"]: one["value"] for one in notify.document["spec"]["arguments"]["parameters"]}
    assert (passed["FAILED_ENVIRONMENTS"], passed["PRODUCT_NAME"]) == ('["qa"]', "storefront")
    assert "the shop is down" in passed["ERROR_MESSAGE"]
    assert world.promotions("qa") == 0
