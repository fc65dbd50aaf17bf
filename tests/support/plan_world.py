"""A small workspace and its repository, for tests of the dry run: every part can be replaced."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from adapters.yaml import SpliceEditor
from engine.model.argo import Application, Source, WorkflowTemplate
from engine.model.entities import (
    Cluster,
    Environment,
    EnvironmentKind,
    Flow,
    FlowUse,
    Policy,
    Product,
    PromotedFile,
    PromotionSpec,
    Setting,
    Step,
    VersionSource,
)
from engine.model.values import Action, SettingValue
from engine.model.workspace import Workspace
from engine.plan.nodes import Plan
from engine.plan.planner import plan_environment, plan_flow
from engine.plan.request import EnvironmentRequest, FlowRequest, Surroundings
from engine.resolve import ApplicationMap, Resolver
from tests.support.memory_repositories import MemoryRepositories, MemoryRepository

URL = "https://git.example.com/shop/deploy.git"
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)  # a Monday

SHOP = PromotionSpec(
    VersionSource("Chart.yaml", "$.appVersion"),
    (PromotedFile("values.yaml", ("$.image.tag",)), PromotedFile("Chart.yaml", ("$.appVersion",))),
)


def environment(name: str, kind: EnvironmentKind = EnvironmentKind.NON_PROD) -> Environment:
    return Environment(name, kind, (Cluster("in-cluster", (f"shop-{name}",)),))


def application(name: str, env: str, *, path: str | None = None, revision: str = "main", url: str = URL) -> Application:
    source = Source(url, path if path is not None else f"apps/{name}", revision)
    return Application(
        name,
        "argocd",
        cluster="in-cluster",
        target_namespace=f"shop-{env}",
        sources=(source,),
        annotations={"codefresh.io/product": "shop"},
    )


def setting(name: str, value: SettingValue) -> Setting:
    return Setting(name, value)


def chart(version: str, tag: str, *, replicas: int = 1) -> dict[str, str]:
    return {
        "Chart.yaml": f"apiVersion: v2\nname: shop\nversion: 1.0.0\nappVersion: {version}\n",
        "values.yaml": f"# tuned by hand\nimage:\n  repository: shop\n  tag: {tag}  # promoted\nreplicas: {replicas}\n",
    }


def below(folder: str, files: Mapping[str, str]) -> dict[str, str]:
    return {f"{folder}/{name}": content for name, content in files.items()}


def by_name(items: Iterable[object]) -> dict[str, object]:
    return {item.name: item for item in items}  # type: ignore[attr-defined]


class PlanWorld:
    """dev -> qa -> prod in one repository; change attributes, then plan."""

    def __init__(self) -> None:
        self.repository = MemoryRepository(URL)
        self.repository.commit_files(
            {
                **below("apps/shop-dev", chart("1.1.0", "v2")),
                **below("apps/shop-qa", chart("1.0.0", "v1", replicas=2)),
                **below("apps/shop-prod", chart("1.0.0", "v1", replicas=5)),
            }
        )
        self.repositories: list[MemoryRepository] = [self.repository]
        self.environments = [environment("dev"), environment("qa"), environment("prod", EnvironmentKind.PROD)]
        self.applications = [application(f"shop-{env}", env) for env in ("dev", "qa", "prod")]
        self.policies = [Policy("all", settings=(setting("action", Action.COMMIT),))]
        self.product = Product("shop", (FlowUse("standard"),), promotion=SHOP)
        self.flow = Flow("standard", "dev", (Step("qa", ("dev",)), Step("prod", ("qa",))))
        self.workflows: list[WorkflowTemplate] = []
        self.more: dict[str, object] = {}
        self.now = NOW

    def change(self, files: Mapping[str, str]) -> str:
        return self.repository.commit_files(files)

    def workspace(self) -> Workspace:
        base = Workspace(
            environments=by_name(self.environments),  # type: ignore[arg-type]
            products={self.product.name: self.product},
            policies=by_name(self.policies),  # type: ignore[arg-type]
            flows={self.flow.name: self.flow},
            applications={found.key: found for found in self.applications},
            workflows=by_name(self.workflows),  # type: ignore[arg-type]
        )
        return replace(base, **self.more)  # type: ignore[arg-type]

    def surroundings(self) -> Surroundings:
        workspace = self.workspace()
        return Surroundings(
            workspace=workspace,
            resolver=Resolver(workspace),
            applications=ApplicationMap(workspace),
            repositories=MemoryRepositories(*self.repositories),
            editor=SpliceEditor(),
            now=self.now,
            zone=ZoneInfo,
            place=lambda span: f"{span.source}:1" if span.source else "",
        )

    def plan(self, **pinned: str) -> Plan:
        pins = {f"argocd/{name.replace('_', '-')}": sha for name, sha in pinned.items()}
        return plan_flow(self.surroundings(), FlowRequest("shop", "standard", pins))

    def plan_to(self, target: str, source: str, *settings: Setting) -> Plan:
        return plan_environment(self.surroundings(), EnvironmentRequest("shop", source, target, settings))
