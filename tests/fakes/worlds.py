"""Releases to run: real snapshots of a small workspace, and specs made by hand."""

from __future__ import annotations

from datetime import UTC, datetime

from engine.execute.release import Release, new_release
from engine.execute.snapshot import snapshot
from engine.execute.spec import (
    ApplicationSpec,
    CommitSpec,
    EnvironmentSpec,
    GatesSpec,
    HooksSpec,
    ReleaseSpec,
    SourceSpec,
    TargetSpec,
    WorkflowSpec,
)
from engine.model.entities import Concurrency, EnvironmentKind, PromotedFile, VersionSource
from engine.model.values import Action
from tests.support.plan_world import URL, PlanWorld

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
SHA = "c0ffee" * 6 + "c0ff"


def planned(world: PlanWorld) -> ReleaseSpec:
    """Return the snapshot of what a small workspace would do."""
    return snapshot(world.surroundings(), world.plan(), (), lambda environment, application: "")


def workflow(name: str, *declared: str) -> WorkflowSpec:
    """Return a workflow that declares parameters."""
    return WorkflowSpec(name, declared)


def target(name: str) -> TargetSpec:
    """Return an application."""
    return TargetSpec(f"argocd/{name}", name, "argocd", "default", "", URL, "main", f"apps/{name}", head=SHA)


def application(
    name: str, source: str | None = "dev", *, pre: WorkflowSpec | None = None, post: WorkflowSpec | None = None
) -> ApplicationSpec:
    """Return what happens to an application; ``source`` is the environment its values come from."""
    origin = source and SourceSpec(
        source,
        f"argocd/shop-{source}",
        URL,
        "main",
        f"apps/shop-{source}",
        (PromotedFile("values.yaml", ("$.image.tag",)),),
        VersionSource("Chart.yaml", "$.appVersion"),
    )
    return ApplicationSpec(target(name), origin or None, pre, post)


def environment(
    name: str,
    after: tuple[str, ...] = ("dev",),
    *,
    action: Action = Action.COMMIT,
    rollback: bool = False,
    gates: GatesSpec | None = None,
    hooks: HooksSpec | None = None,
    applications: tuple[ApplicationSpec, ...] | None = None,
) -> EnvironmentSpec:
    """Return a target environment with one application."""
    return EnvironmentSpec(
        name,
        EnvironmentKind.NON_PROD,
        after,
        action,
        rollback,
        gates or GatesSpec(),
        hooks or HooksSpec(),
        applications or (application(f"shop-{name}", after[0]),),
    )


def trigger(post: WorkflowSpec | None = None) -> EnvironmentSpec:
    """Return the environment everything begins in."""
    return EnvironmentSpec(
        "dev",
        EnvironmentKind.NON_PROD,
        (),
        None,
        False,
        GatesSpec(),
        HooksSpec(),
        (application("shop-dev", None, post=post),),
    )


def spec(
    *environments: EnvironmentSpec,
    hooks: HooksSpec | None = None,
    timeout: int = 86_400,
    concurrency: Concurrency = Concurrency.QUEUE,
    first: EnvironmentSpec | None = None,
) -> ReleaseSpec:
    """Return a release from ``dev`` into environments."""
    return ReleaseSpec(
        product="shop",
        flow="standard",
        commit=CommitSpec(
            "argocd/shop-dev", URL, SHA, "Ada <ada@example.com>", "2026-11-23T09:00:00+00:00", "feat: cards"
        ),
        version="1.1.0",
        timeout=timeout,
        concurrency=concurrency,
        hooks=hooks or HooksSpec(),
        environments=(first or trigger(), *environments),
    )


def release(of: ReleaseSpec, name: str = "r1") -> Release:
    """Return a release that has just been created."""
    return new_release(of, name, "ada", NOW)
