"""Products by environment."""

from __future__ import annotations

import pytest

from engine.graphs import Cell, EnvironmentMap, Reach, environment_map, same_rows
from engine.model.argo import PRODUCT_KEY, Application
from engine.model.workspace import Workspace
from engine.resolve import ApplicationMap
from tests.support.testing_world import workspace_of

TEXT = """\
environment dev { kind non-prod  cluster in-cluster namespaces dev }
environment qa { kind non-prod  cluster in-cluster namespaces qa }
environment eu { kind prod  cluster in-cluster namespaces eu }
product trio { flow hotfix when message matches "hotfix*"  flow standard }
product twin { flow standard  flow hotfix }
product loose { flow hotfix }
product idle { }
flow standard { trigger dev  step qa after dev }
flow hotfix { trigger dev  step eu after dev }
flow unused { trigger qa  step eu after qa }
"""
HOMES = {"trio": ("dev", "qa", "eu"), "twin": ("dev", "qa", "eu"), "loose": ("dev", "qa")}


@pytest.fixture(scope="module")
def workspace() -> Workspace:
    apps = [
        Application(
            f"{product}-{name}", annotations={PRODUCT_KEY: product}, cluster="in-cluster", target_namespace=name
        )
        for product, names in HOMES.items()
        for name in names
    ]
    apps.append(Application("lost", cluster="in-cluster", target_namespace="qa"))
    return workspace_of(TEXT, applications=tuple(apps))


def made(workspace: Workspace, products: tuple[str, ...] | None = None, flow: str | None = None) -> EnvironmentMap:
    return environment_map(workspace, ApplicationMap(workspace), products=products, flow=flow)


def test_cells_have_applications_and_the_flows_of_the_product_in_its_order(workspace: Workspace) -> None:
    found = made(workspace)
    assert found.products == ("trio", "twin", "loose", "idle")
    assert found.environments == ("dev", "qa", "eu")
    assert found.flows == ("standard", "hotfix")
    assert found.cells[("trio", "dev")] == Cell(("trio-dev",), (Reach("hotfix", True), Reach("standard", True)))
    assert found.cells[("twin", "dev")].flows == (Reach("standard", True), Reach("hotfix", True))
    assert found.cells[("trio", "eu")] == Cell(("trio-eu",), (Reach("hotfix", False),))
    assert found.row("idle") == (Cell(), Cell(), Cell())


def test_what_no_flow_reaches_and_where_nothing_is(workspace: Workspace) -> None:
    cells = made(workspace).cells
    assert cells[("loose", "qa")].by_hand_only
    assert cells[("loose", "eu")].passes_through
    assert not cells[("trio", "qa")].by_hand_only
    assert not cells[("trio", "qa")].passes_through


def test_applications_without_a_place_are_told_where_everything_is(workspace: Workspace) -> None:
    assert [one.application.name for one in made(workspace).unassigned] == ["lost"]
    assert made(workspace, products=("trio",)).unassigned == ()


def test_products_and_flows_can_be_chosen(workspace: Workspace) -> None:
    assert made(workspace, products=("twin",)).products == ("twin",)
    only = made(workspace, flow="standard")
    assert only.products == ("trio", "twin")
    assert only.flows == ("standard",)
    assert only.cells[("trio", "eu")] == Cell(("trio-eu",))


def test_rows_that_are_the_same_are_one_group(workspace: Workspace) -> None:
    assert same_rows(made(workspace)) == (("trio", "twin"), ("loose",), ("idle",))
