"""What a release does, copied from the real example workspaces and from small ones with something odd in them."""

from __future__ import annotations

from datetime import datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from adapters.workspace.loading import load
from adapters.yaml import SpliceEditor
from engine.execute.codec import from_data, to_data
from engine.execute.release import Role, new_release
from engine.execute.snapshot import NotApplyableError, snapshot
from engine.execute.spec import FreezeSpec, ReleaseSpec, WindowSpec, WorkflowSpec
from engine.model.argo import Application, Source
from engine.model.entities import Concurrency, EnvironmentKind, Flow, Step
from engine.model.values import Action, Approvals, Seconds, Workflow
from engine.plan.planner import plan_flow
from engine.plan.request import FlowRequest, Surroundings
from engine.resolve import ApplicationMap, Resolver
from tests.fakes.worlds import NOW, planned
from tests.support.memory_repositories import MemoryRepositories, MemoryRepository
from tests.support.plan_world import PlanWorld, application, setting

POLICIES = Path(__file__).parents[3] / "policies"


def surroundings(name: str, now: datetime) -> Surroundings:
    loaded = load(POLICIES / name)
    assert not loaded.broken
    repositories = []
    for url in loaded.configuration.checkouts:
        repositories.append(MemoryRepository(url))
        files = [file for file in sorted((POLICIES / name).rglob("*")) if file.is_file()]
        repositories[-1].commit_files({str(f.relative_to(POLICIES / name)): f.read_text("utf-8") for f in files})
    return Surroundings(
        workspace=loaded.workspace,
        resolver=Resolver(loaded.workspace),
        applications=ApplicationMap(loaded.workspace),
        repositories=MemoryRepositories(*repositories),
        editor=SpliceEditor(),
        now=now,
        zone=ZoneInfo,
        place=lambda span: span.source,
    )


def copied(name: str, product: str, flow: str, now: datetime = NOW) -> ReleaseSpec:
    around = surroundings(name, now)
    plan = plan_flow(around, FlowRequest(product, flow))
    return snapshot(around, plan, (), lambda environment, application: f"runtime of {environment}")


def test_the_quickstart() -> None:
    spec = copied("quickstart", "storefront", "standard")
    assert [environment.name for environment in spec.environments] == ["dev", "qa", "prod"]
    assert (spec.product, spec.flow, spec.version, spec.timeout) == ("storefront", "standard", "1.9.0", 8 * 3600)
    assert spec.concurrency is Concurrency.QUEUE
    assert spec.hooks.success == spec.hooks.failure
    assert spec.hooks.success is not None
    assert spec.hooks.success.name == "notify-team"
    assert spec.commit.application == "argocd/storefront-dev"
    prod = spec.environment("prod")
    assert (prod.kind, prod.action, prod.after) == (EnvironmentKind.PROD, Action.PR, ("qa",))
    assert prod.gates.soak == 7200
    assert prod.gates.approvals == Approvals(1, ("release-managers",))
    assert prod.gates.window == WindowSpec("office-hours", (1, 2, 3, 4), time(9), time(16), "Europe/Berlin")
    black = FreezeSpec("black-friday", prod.gates.freezes[0].start, prod.gates.freezes[0].end, "Europe/Berlin")
    assert prod.gates.freezes == (black,)
    assert spec.environment("qa").gates.freezes == ()
    (only,) = prod.applications
    assert only.pre_action is not None
    assert only.pre_action.declared == ("APP_NAME", "REPO_URL", "BRANCH", "PATH")
    assert only.source is not None
    assert (only.source.environment, only.source.application) == ("qa", "argocd/storefront-qa")
    assert only.target.runtime == "runtime of prod"
    assert only.target.head
    assert {setting.name: setting.value for setting in prod.settings}["soak"] == "2h"


def test_several_regions_and_clusters() -> None:
    spec = copied("multi-region", "payments", "worldwide")
    assert [environment.name for environment in spec.environments] == [
        "dev",
        "staging",
        "prod-eu",
        "prod-us",
        "prod-ap",
    ]
    assert spec.environment("prod-ap").after == ("prod-eu", "prod-us")
    assert len(spec.environment("prod-eu").applications) == 2
    assert spec.environment("prod-eu").rollback
    assert spec.labels == {"team": "payments", "pci": "true"}


@pytest.mark.parametrize(
    ("name", "product", "flow"),
    [
        ("quickstart", "storefront", "hotfix"),
        ("multi-region", "payments", "urgent"),
        ("multi-region", "search", "worldwide"),
    ],
)
def test_a_snapshot_survives_the_store(name: str, product: str, flow: str) -> None:
    spec = copied(name, product, flow)
    assert from_data(to_data(spec)) == spec


def test_what_is_blocked_for_good_is_no_release() -> None:
    world = PlanWorld()
    world.policies = []
    with pytest.raises(NotApplyableError):
        planned(world)


def test_a_trigger_has_a_health_check_only_for_what_is_promoted() -> None:
    world = PlanWorld()
    world.applications.append(application("shop-dev-worker", "dev", path="apps/shop-dev"))
    spec = planned(world)
    assert [found.target.name for found in spec.environment("dev").applications] == ["shop-dev", "shop-dev-worker"]
    steps = new_release(spec, "r1", "ada", NOW).steps
    assert [step.application for step in steps if step.environment == "dev"] == ["argocd/shop-dev"]
    assert [step.role for step in steps if step.environment == "dev"] == [Role.HEALTH]


def test_an_application_with_several_sources_may_stand_beside_what_is_promoted() -> None:
    world = PlanWorld()
    two = Application(
        "shop-zoo",
        "argocd",
        cluster="in-cluster",
        target_namespace="shop-dev",
        sources=(
            Source("https://git.example.com/a.git", "a", "main"),
            Source("https://git.example.com/b.git", "b", "main"),
        ),
        annotations={"codefresh.io/product": "shop"},
    )
    world.applications.append(two)
    world.flow = Flow(
        "standard", "dev", (Step("qa", ("dev",)),), trigger_settings=(setting("post-action", Workflow("smoke")),)
    )
    spec = planned(world)
    zoo = spec.environment("dev").applications[1]
    assert (zoo.target.name, zoo.target.repo_url) == ("shop-zoo", "")
    assert zoo.post_action == WorkflowSpec("smoke")


def test_a_promotion_by_hand_soaks_where_it_comes_from() -> None:
    world = PlanWorld()
    given = (setting("soak", Seconds(3600)),)
    plan = world.plan_to("prod", "qa", *given)
    spec = snapshot(world.surroundings(), plan, given, lambda environment, application: "")
    assert spec.flow is None
    assert [environment.name for environment in spec.environments] == ["qa", "prod"]
    assert [found.target.name for found in spec.environment("qa").applications] == ["shop-qa"]
    assert spec.environment("prod").gates.soak == 3600
    assert not any(step.environment == "qa" for step in new_release(spec, "r1", "ada", NOW).steps)
