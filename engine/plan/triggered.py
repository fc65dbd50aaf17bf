"""What a commit sets off: the applications it touched, and for each product the flow it starts.

Source: domain, triggering.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from engine.model.argo import Application
from engine.model.workspace import Workspace
from engine.plan.world import UnreachableError, dry_source
from engine.resolve import ApplicationMap, CommitFacts, FlowChoice, choose_flow
from engine.resolve import touched as changed_below


@dataclass(frozen=True, slots=True)
class Touched:
    """An application whose files a commit changed.

    Attributes:
        application: the application.
        product: the product it belongs to.
        environment: the environment it is in.
        paths: the changed files below its source path, sorted.
    """

    application: Application
    product: str
    environment: str
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Triggered:
    """What a commit means for one product.

    Attributes:
        product: its name.
        touched: its applications that the commit touched, sorted by key.
        choice: the flow that starts, or why none does.
    """

    product: str
    touched: tuple[Touched, ...]
    choice: FlowChoice


def touched_applications(
    workspace: Workspace,
    applications: ApplicationMap,
    same_repository: Callable[[str], bool],
    branches: tuple[str, ...],
    paths: tuple[str, ...],
    *,
    on_head: bool = True,
) -> tuple[Touched, ...]:
    """Return the applications whose source path holds one of the changed files.

    Args:
        workspace: what was declared.
        applications: which application is where.
        same_repository: whether a ``repoURL`` is the commit's repository.
        branches: the branches that contain the commit; an application that follows another one is not touched.
        paths: the files the commit changed.
        on_head: whether ``HEAD`` contains the commit; an application that follows it is not touched otherwise.

    Returns:
        Sorted by product, environment and application. Applications outside every product or environment are
        left out: nothing can be promoted from them.
    """
    found: list[Touched] = []
    followed = {*branches, "HEAD"} if on_head else {*branches} - {"HEAD"}
    for product in workspace.products:
        for environment in workspace.environments:
            for application in applications.of(product, environment):
                below = _changed_below(application, same_repository, followed, paths)
                if below:
                    found.append(Touched(application, product, environment, below))
    return tuple(sorted(found, key=lambda touched: (touched.product, touched.environment, touched.application.key)))


def unclear_applications(
    workspace: Workspace,
    applications: ApplicationMap,
    same_repository: Callable[[str], bool],
    paths: tuple[str, ...],
) -> tuple[tuple[str, str], ...]:
    """Return the applications of products that a commit changed, but that nothing can be promoted from.

    They are never counted as touched, because which of their sources a promotion reads is not certain.

    Args:
        workspace: what was declared.
        applications: which application is where.
        same_repository: whether a ``repoURL`` is the commit's repository.
        paths: the files the commit changed.

    Returns:
        Keys with the reason, sorted.
    """
    found: dict[str, str] = {}
    for product in workspace.products:
        for environment in workspace.environments:
            for application in applications.of(product, environment):
                try:
                    dry_source(application)
                except UnreachableError as unreachable:
                    own = tuple(source for source in application.sources if same_repository(source.repo_url))
                    if own and changed_below(replace(application, sources=own), paths):
                        found[application.key] = unreachable.reason
    return tuple(sorted(found.items()))


def _changed_below(
    application: Application,
    same_repository: Callable[[str], bool],
    followed: set[str],
    paths: tuple[str, ...],
) -> tuple[str, ...]:
    try:
        source = dry_source(application)
    except UnreachableError:
        return ()
    if not same_repository(source.repo_url):
        return ()
    if source.target_revision not in followed:
        return ()
    # What is promoted counts, not what else the application is made of.
    return changed_below(replace(application, sources=(source,), hydrator=None), paths)


def triggered_by(workspace: Workspace, touched: tuple[Touched, ...], commit: CommitFacts) -> tuple[Triggered, ...]:
    """Return what a commit means for every product it touched, sorted by product.

    Only flows that begin in an environment the commit landed in can start.
    """
    by_product: dict[str, list[Touched]] = {}
    for one in touched:
        by_product.setdefault(one.product, []).append(one)
    return tuple(
        Triggered(
            product,
            tuple(group),
            choose_flow(
                workspace.products[product],
                commit,
                flows=workspace.flows,
                landed={one.environment for one in group},
            ),
        )
        for product, group in sorted(by_product.items())
    )
