"""Releases to keep, claim and change: of a flow through three environments, eight steps long."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from engine.execute.release import Event, Release, Step, StepId, new_release
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
from engine.execute.status import EnvironmentStatus, ReleaseStatus, StepStatus
from engine.model.entities import Concurrency, EnvironmentKind, PromotedFile, VersionSource
from engine.model.values import Action

START = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
REPOSITORY = "https://git.example.com/shop/deploy.git"


def application(environment: str) -> ApplicationSpec:
    """An application that gets its values from dev and is tested afterwards."""
    source = SourceSpec(
        "dev",
        "argocd/shop-dev",
        REPOSITORY,
        "main",
        "apps/dev",
        (PromotedFile("values.yaml", ("$.image.tag",)),),
        VersionSource("Chart.yaml", "$.appVersion"),
    )
    target = TargetSpec(
        f"argocd/shop-{environment}", f"shop-{environment}", "argocd", "default", "", REPOSITORY, "main", environment
    )
    return ApplicationSpec(target, None if environment == "dev" else source, None, WorkflowSpec("smoke-tests"))


def spec(product: str = "shop", concurrency: Concurrency = Concurrency.QUEUE) -> ReleaseSpec:
    """What a release from dev through qa to prod is to do."""
    environments = tuple(
        EnvironmentSpec(
            name,
            EnvironmentKind.PROD if name == "prod" else EnvironmentKind.NON_PROD,
            after,
            Action.COMMIT if after else None,
            False,
            GatesSpec(),
            HooksSpec(),
            (application(name),),
        )
        for name, after in (("dev", ()), ("qa", ("dev",)), ("prod", ("qa",)))
    )
    commit = CommitSpec(
        "argocd/shop-dev", REPOSITORY, "c0ffee" * 6 + "c0ff", "Ann <ann@example.com>", START.isoformat(), "2.0"
    )
    return ReleaseSpec(
        product, "standard", commit, "2.0", 3600, concurrency, HooksSpec(), environments, {"team": "payments"}
    )


def release(identifier: str, product: str = "shop", concurrency: Concurrency = Concurrency.QUEUE) -> Release:
    """A release that was just created."""
    return new_release(spec(product, concurrency), identifier, "ann", START)


def running(before: Release, now: datetime = START) -> Release:
    """The release as it begins."""
    return replace(before, status=ReleaseStatus.RUNNING, started_at=now, deadline=now + timedelta(hours=1))


def ended(before: Release, status: ReleaseStatus = ReleaseStatus.SUCCEEDED, now: datetime = START) -> Release:
    """The release at its end."""
    return replace(before, status=status, finished_at=now)


def with_step(before: Release, step: StepId, status: StepStatus, **values: object) -> Release:
    """The release with one step moved on."""
    changed: Step = replace(before.steps[step], status=status, **values)  # type: ignore[arg-type]
    return replace(before, steps={**before.steps, step: changed})


def with_environment(before: Release, name: str, status: EnvironmentStatus) -> Release:
    """The release with one environment moved on."""
    return replace(
        before, environments={**before.environments, name: replace(before.environments[name], status=status)}
    )


def event(kind: str, message: str = "", at: datetime = START) -> Event:
    """Something that happened."""
    return Event(at, "promo", kind, message=message)
