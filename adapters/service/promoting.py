"""Plans that callers of the API ask for. Blocks; runs in threads."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from adapters.git import GitRepositories
from adapters.releases.given import read_settings, usual_source
from adapters.releases.making import make_release, plan_text
from adapters.releases.names import declared_name
from adapters.releases.refusal import RefusedError
from adapters.service.asked import Promotion
from adapters.service.means import Means
from adapters.workspace.runtimes import runtimes_of
from engine.execute.release import Release
from engine.plan.nodes import Plan
from engine.plan.planner import plan_environment, plan_flow
from engine.plan.request import EnvironmentRequest, FlowRequest, Surroundings
from engine.plan.world import UnreachableError, dry_source

if TYPE_CHECKING:
    from adapters.workspace import Loaded


def check_names(asked: Promotion, loaded: Loaded) -> None:
    """Refuse names that are not declared.

    Raises:
        UndeclaredError: for the first of them.
    """
    workspace = loaded.workspace
    declared_name("product", asked.product, workspace.products)
    if asked.flow is not None:
        declared_name("flow", asked.flow, workspace.flows)
    for environment in (asked.to, asked.source):
        if environment is not None:
            declared_name("environment", environment, workspace.environments)


def made_plan(asked: Promotion, loaded: Loaded, means: Means, person: str) -> tuple[Plan, Release | None, str]:
    """Return the plan that is asked for, the release that follows from it, and the plan as it is kept.

    The release is None where something stands in the way that does not go away by itself.

    Raises:
        RefusedError: when what is asked makes no sense.
        RepositoryError, MeansError: when a repository cannot be read.
    """
    with means.repositories(loaded) as repositories:
        surroundings = means.surroundings(loaded, repositories, datetime.now(UTC))
        plan = _plan(asked, surroundings, repositories)
        runtimes = runtimes_of(loaded.configuration, loaded.workspace)
        release = make_release(surroundings, plan, person, runtimes) if plan.applyable else None
        return plan, release, plan_text(plan)


def _plan(asked: Promotion, surroundings: Surroundings, repositories: GitRepositories) -> Plan:
    workspace = surroundings.workspace
    if asked.flow is not None:
        trigger = workspace.flows[asked.flow].trigger
        pinned = _pinned(asked, surroundings, repositories, trigger)
        return plan_flow(surroundings, FlowRequest(asked.product, asked.flow, pinned))
    assert asked.to is not None
    source = asked.source or usual_source(asked.product, asked.to, workspace)
    if source == asked.to:
        raise RefusedError(f"`from` and `to` are both `{source}`")
    settings = read_settings(tuple(f"{name}={value}" for name, value in asked.settings.items()), workspace)
    pinned = _pinned(asked, surroundings, repositories, source)
    return plan_environment(surroundings, EnvironmentRequest(asked.product, source, asked.to, settings, pinned))


def _pinned(
    asked: Promotion, surroundings: Surroundings, repositories: GitRepositories, environment: str
) -> dict[str, str]:
    """Return the commit for each application of an environment whose repository has it."""
    if asked.commit is None:
        return {}
    found = {}
    for application in surroundings.applications.of(asked.product, environment):
        try:
            source = dry_source(application)
        except UnreachableError:
            continue
        sha = repositories.open(source.repo_url).resolve(asked.commit)
        if sha is not None:
            found[application.key] = sha
    if not found:
        raise RefusedError(
            f"no repository of `{asked.product}` in `{environment}` has the commit `{asked.commit}`",
            "push it, or name another",
        )
    return found
