"""What a release will need, asked for before it is begun: an author of commits, and workflows that can run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.cli.output import fail
from adapters.cli.release_ports import ports_of
from engine.execute.spec import HooksSpec, ReleaseSpec, WorkflowSpec

if TYPE_CHECKING:
    from adapters.git import GitRepositories
    from adapters.workspace import Loaded


def require_ready(
    loaded: Loaded, repositories: GitRepositories, checkouts: Mapping[str, Path], spec: ReleaseSpec
) -> None:
    """Exit with `INVALID` where it is known already that a release could not be carried out, saying what is missing.

    Args:
        loaded: the workspace.
        repositories: are asked how Git is configured.
        checkouts: folders that stand for repositories, from the command line.
        spec: what is to be carried out.
    """
    ports_of(loaded, repositories, checkouts)
    _require_author(loaded, repositories)
    names = dict.fromkeys(workflow.name for workflow in workflows_of(spec))
    if not names:
        return
    adapter = loaded.configuration.adapters.workflows
    if not adapter and not any(one.workflows for one in loaded.configuration.adapters.runtimes):
        fail(
            f"the release runs the workflow `{next(iter(names))}`, and nothing is configured to run workflows",
            'add `[runtimes.NAME.workflows]` to promo.toml, or set `adapter = "local"` in `[workflows]` to run them on'
            " this machine",
        )
    if adapter == "local":
        _require_possible(loaded, list(names))


def workflows_of(spec: ReleaseSpec) -> Iterator[WorkflowSpec]:
    """Yield the workflows that a release may run, in the order of its environments; one may come several times."""
    yield from _of_hooks(spec.hooks)
    for environment in spec.environments:
        yield from _of_hooks(environment.hooks)
        for application in environment.applications:
            yield from (one for one in (application.pre_action, application.post_action) if one is not None)


def _of_hooks(hooks: HooksSpec) -> Iterator[WorkflowSpec]:
    yield from (one for one in (hooks.start, hooks.success, hooks.failure) if one is not None)


def _require_author(loaded: Loaded, repositories: GitRepositories) -> None:
    from adapters.git.failure import GitError
    from adapters.git.identity import machine_settings

    if loaded.configuration.git.author:
        return
    try:
        author = machine_settings(repositories.git()).author
    except GitError as failed:
        fail(f"Git's configuration cannot be read: {failed}")
    if author is None:
        fail(
            "nobody is named as the author of commits",
            'write `author = "Name <address@example.com>"` under `[git]` in promo.toml',
        )


def _require_possible(loaded: Loaded, names: list[str]) -> None:
    from adapters.local.configured import local_settings
    from adapters.local.interpret.refusal import RefusedError
    from adapters.local.preparing import program_of
    from adapters.local.templates import workflow_manifests

    manifests, settings = workflow_manifests(loaded.sources.texts.items()), local_settings(loaded)
    for name in names:
        try:
            program_of(manifests, name, settings)
        except RefusedError as refused:
            fail(f"the workflow `{name}` cannot run here: {refused}", refused.help)
