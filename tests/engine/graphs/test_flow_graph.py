"""Flows as graphs."""

from __future__ import annotations

import pytest

from engine.graphs import FlowGraph, flow_graph
from engine.model.argo import PRODUCT_KEY, Application
from engine.model.values import written
from engine.model.workspace import Workspace
from engine.resolve import ApplicationMap, InlineOrigin, PolicyOrigin, Resolver
from tests.support.testing_world import workspace_of

TEXT = """\
environment dev { kind non-prod  cluster in-cluster namespaces dev }
environment qa { kind non-prod  cluster in-cluster namespaces qa }
environment eu { kind prod  cluster in-cluster namespaces eu }
environment us { kind prod  cluster in-cluster namespaces us }
product trio { flow standard }
product other { flow standard }
product third { }
policy everywhere { action commit  soak 1h }
policy reviewed priority 10 { when environment.kind == prod  action pr }
flow standard {
  trigger dev { post-action unit-tests }
  step us after qa { soak 2h  on failure page }
  step qa after dev
  step eu after qa, dev
}
"""


@pytest.fixture(scope="module")
def workspace() -> Workspace:
    apps = tuple(
        Application(f"trio-{name}", annotations={PRODUCT_KEY: "trio"}, cluster="in-cluster", target_namespace=name)
        for name in ("dev", "qa", "us")
    )
    return workspace_of(TEXT, applications=apps)


def graph(workspace: Workspace, product: str | None = None) -> FlowGraph:
    return flow_graph(workspace, Resolver(workspace), ApplicationMap(workspace), "standard", product)


def said(found: FlowGraph, environment: str) -> dict[str, tuple[str, object]]:
    station = next(one for one in found.stations if one.environment == environment)
    return {
        name: (written(one.value), one.origin.policy if isinstance(one.origin, PolicyOrigin) else one.origin.flow)
        for name, one in station.settings.items()
    }


def test_stations_stand_as_written_and_edges_follow_after(workspace: Workspace) -> None:
    found = graph(workspace)
    names = [station.environment for station in found.stations]
    assert names == ["dev", "us", "qa", "eu"]
    assert [station.trigger for station in found.stations] == [True, False, False, False]
    edges = {(names[start], names[end]) for start, end in found.edges}
    assert edges == {("qa", "us"), ("dev", "qa"), ("qa", "eu"), ("dev", "eu")}
    assert found.used_by == ("trio", "other")
    assert found.stations[1].hooks.failure is not None


def test_without_a_product_only_what_the_flow_says(workspace: Workspace) -> None:
    found = graph(workspace)
    assert said(found, "dev") == {"post-action": ("unit-tests", "standard")}
    assert said(found, "us") == {"soak": ("2h", "standard")}
    assert said(found, "qa") == {}
    assert {station.applications for station in found.stations} == {None}


def test_for_a_product_what_is_in_force(workspace: Workspace) -> None:
    found = graph(workspace, "trio")
    assert said(found, "us") == {"action": ("pr", "reviewed"), "soak": ("2h", "standard")}
    assert said(found, "qa") == {"action": ("commit", "everywhere"), "soak": ("1h", "everywhere")}
    # Nothing is committed where a release begins, so no policy has a say there.
    assert said(found, "dev") == {"post-action": ("unit-tests", "standard")}
    assert [station.applications for station in found.stations] == [("trio-dev",), ("trio-us",), ("trio-qa",), ()]


def test_settings_are_those_of_the_resolver(workspace: Workspace) -> None:
    found = graph(workspace, "trio")
    for station in found.stations[1:]:
        decided = Resolver(workspace).decide("trio", station.environment, flow="standard").effective
        assert station.settings == decided
        assert any(isinstance(one.origin, InlineOrigin) for one in decided.values()) is (station.environment == "us")


def test_names_must_be_declared(workspace: Workspace) -> None:
    with pytest.raises(KeyError):
        graph(workspace, "nobody")
