"""What promotions write: for every application, the repository, the branch, the folder and the values in it.

Source: domain, application, promotion template, running a release.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from engine.model.argo import Application, Source
from engine.model.entities import Product, Setting
from engine.model.promoted_source import NoPromotedSource, promoted_source
from engine.model.values import Action
from engine.model.workspace import Workspace
from engine.resolve import ApplicationMap, Resolver, compose
from grammar.span import NOWHERE, Span

DEFAULT_BRANCH = "HEAD"
"""Stands for a branch whose name only the repository knows."""


@dataclass(frozen=True, slots=True)
class WriteSet:
    """What promotions to one application write.

    Attributes:
        application: its key.
        product: its product.
        environment: its environment.
        repository: as the caller compares repositories.
        branch: as written; `DEFAULT_BRANCH` where none is given.
        folder: below the repository's root, without slashes at the ends; empty for the root.
        files: JSONPaths by file, whole path; None when it is every file below the folder.
        flows: the flows whose steps write it, sorted; empty when only a promotion by hand does.
        span: where the application is declared.
    """

    application: str
    product: str
    environment: str
    repository: str
    branch: str
    folder: str
    files: tuple[tuple[str, tuple[str, ...]], ...] | None
    flows: tuple[str, ...]
    span: Span = field(default=NOWHERE, compare=False)


def plain_address(url: str) -> str:
    """Return a repository's address without what makes no difference: `.git` and slashes at the end."""
    return url.rstrip("/").removesuffix(".git").rstrip("/")


def write_sets(
    workspace: Workspace,
    applications: ApplicationMap,
    resolver: Resolver,
    same_repository: Callable[[str], str] = plain_address,
) -> tuple[WriteSet, ...]:
    """Return what promotions write, by application key.

    Args:
        workspace: what is declared.
        applications: which application is where.
        resolver: says whether a promotion ends in Git: where the action is `none`, or nothing sets one, it does not.
        same_repository: returns the same text for two addresses of one repository.

    Returns:
        One for each application that a promotion can write. Applications without exactly one folder in Git are
        left out, as those are that belong to no product or no environment: nothing is promoted to them.
    """
    found = []
    for assignment in applications.assignments.values():
        if assignment.product is None or assignment.environment is None:
            continue
        source = _git_source(assignment.application)
        if source is None:
            continue
        product = workspace.products[assignment.product]
        steps = _writing_steps(workspace, resolver, product, assignment.environment)
        if not steps and not _writes(resolver, product.name, assignment.environment, None):
            continue
        folder = _folder(source.path)
        origins = [origin for _, after in steps for origin in _origins(applications, product.name, after)] or [
            assignment.application
        ]
        found.append(
            WriteSet(
                application=assignment.application.key,
                product=product.name,
                environment=assignment.environment,
                repository=same_repository(source.repo_url),
                branch=source.target_revision or DEFAULT_BRANCH,
                folder=folder,
                files=_files(workspace, product, origins, folder),
                flows=tuple(sorted({flow for flow, _ in steps})),
                span=assignment.application.span,
            )
        )
    return tuple(found)


def _git_source(application: Application) -> Source | None:
    """Return the folder a promotion edits; None where there is not exactly one."""
    found = promoted_source(application)
    return None if isinstance(found, NoPromotedSource) else found


def _folder(path: str) -> str:
    return "/".join(part for part in path.split("/") if part not in ("", "."))


def _writing_steps(
    workspace: Workspace, resolver: Resolver, product: Product, environment: str
) -> list[tuple[str, tuple[str, ...]]]:
    """Return the product's flows that write an environment, with what their step comes after."""
    found = []
    for name in dict.fromkeys(use.flow for use in product.flows):
        flow = workspace.flows.get(name)
        step = None if flow is None else flow.step(environment)
        if step is not None and _writes(resolver, product.name, environment, name, step.settings):
            found.append((name, step.after))
    return found


def _writes(
    resolver: Resolver, product: str, environment: str, flow: str | None, inline: tuple[Setting, ...] = ()
) -> bool:
    action = resolver.decide(product, environment, inline=inline, flow=flow).value("action")
    return action in (Action.COMMIT, Action.PR)


def _origins(applications: ApplicationMap, product: str, after: Iterable[str]) -> tuple[Application, ...]:
    """Return the applications a step can take its values from: which of them decides what is copied."""
    return next((found for name in after if (found := applications.of(product, name))), ())


def _files(
    workspace: Workspace, product: Product, origins: Iterable[Application], folder: str
) -> tuple[tuple[str, tuple[str, ...]], ...] | None:
    """Return the JSONPaths that can be written, by file; None for every file."""
    collected: dict[str, dict[str, None]] = {}
    for origin in origins:
        files = compose(workspace, product, origin).files
        if files is None:
            return None
        for promoted in files:
            path = f"{folder}/{promoted.file}" if folder else promoted.file
            collected.setdefault(path, {}).update(dict.fromkeys(promoted.json_paths))
    return tuple((path, tuple(json_paths)) for path, json_paths in collected.items())
