"""Connects a release's ports to the adapters that the workspace's configuration names."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.cli.output import fail
from adapters.cli.surroundings import find_zone, open_repositories
from engine.execute.errors import TerminalError
from engine.execute.ports import (
    Applications,
    Clock,
    Ports,
    RunState,
    WorkflowRun,
    Workflows,
)
from engine.execute.rules import Rules

if TYPE_CHECKING:
    from adapters.git import GitRepositories
    from adapters.workflows.configured import WorkflowsConfiguration
    from adapters.workflows.watching import Watcher
    from adapters.workspace import Loaded


def rules_of(loaded: Loaded) -> Rules:
    """Return how time and addresses are told in a workspace."""
    reports = bool(loaded.configuration.adapters.forges)
    return Rules(zone=find_zone, url=loaded.configuration.service_url, reports=reports)


def ports_of(loaded: Loaded, repositories: GitRepositories, checkouts: Mapping[str, Path]) -> Ports:
    """Return the ports that releases of a workspace act through.

    Args:
        loaded: the workspace.
        repositories: stay open as long as the ports are used.
        checkouts: folders that stand for repositories, from the command line.
    """
    from adapters.forge.changes import ForgeChanges
    from adapters.forge.forges import Forges
    from adapters.forge.statuses import ForgeStatuses
    from adapters.git.changes.workshop import Committing
    from adapters.yaml import SpliceEditor

    git = loaded.configuration.git
    try:
        committing = Committing.of(git.author, git.sign)
    except ValueError as wrong:
        fail(f"[git] of promo.toml: {wrong}")
    clock = SystemClock()
    editor = SpliceEditor()
    forges = Forges(loaded.configuration.adapters.forges, base=loaded.folder, is_local=repositories.is_local)
    return Ports(
        workflows=_workflows(loaded),
        changes=ForgeChanges(forges, repositories, editor, clock, committing),
        applications=_applications(loaded, repositories, checkouts, clock),
        statuses=ForgeStatuses(forges),
        clock=clock,
    )


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present moment, in UTC."""
        return datetime.now(UTC)


class NoWorkflows:
    """Where nothing is configured to run promotion workflows."""

    async def ensure(self, run: WorkflowRun) -> RunState:
        """Refuse to run anything, saying what would."""
        raise TerminalError(
            f"nothing is configured to run the workflow `{run.template}`",
            'add `[runtimes.NAME.workflows]` to promo.toml, or set `adapter = "local"` in `[workflows]`',
        )

    async def terminate(self, run: WorkflowRun, reason: str) -> None:
        """Do nothing: nothing runs."""


def _workflows(loaded: Loaded) -> Workflows:
    if loaded.configuration.adapters.workflows == "local":
        from adapters.local.configured import local_workflows

        return local_workflows(loaded)
    servers = _workflow_servers(loaded)
    if servers:
        from adapters.workflows.connecting import argo_workflows
        from adapters.workspace.runtimes import control_runtime

        try:
            return argo_workflows(servers, control_runtime(loaded.configuration), loaded.folder.absolute())
        except TerminalError as wrong:
            fail(f"[runtimes] of promo.toml: {wrong.reason}", wrong.help)
    return NoWorkflows()


def watchers_of(loaded: Loaded) -> Mapping[str, Watcher]:
    """Return what follows the workflows of each runtime, by its name; none where this machine runs them."""
    servers = _workflow_servers(loaded)
    if loaded.configuration.adapters.workflows == "local" or not servers:
        return {}
    from adapters.workflows.connecting import watchers

    try:
        return watchers(servers, loaded.folder.absolute())
    except TerminalError as wrong:
        fail(f"[runtimes] of promo.toml: {wrong.reason}", wrong.help)


def _workflow_servers(loaded: Loaded) -> dict[str, WorkflowsConfiguration]:
    runtimes = loaded.configuration.adapters.runtimes
    return {one.name: one.workflows for one in runtimes if one.workflows is not None}


def _applications(
    loaded: Loaded, repositories: GitRepositories, checkouts: Mapping[str, Path], clock: Clock
) -> Applications:
    adapters = loaded.configuration.adapters
    servers = {runtime.name: runtime.argocd for runtime in adapters.runtimes if runtime.argocd is not None}
    if adapters.applications == "local":
        from adapters.local.configured import local_applications

        return local_applications(loaded, lambda: open_repositories(loaded, checkouts, fetch=True), clock)
    if servers:
        from adapters.argocd.connecting import argocd_applications
        from adapters.yaml import SpliceEditor

        try:
            return argocd_applications(servers, loaded.folder.absolute(), repositories, SpliceEditor(), clock)
        except TerminalError as wrong:
            fail(f"[runtimes] of promo.toml: {wrong.reason}", wrong.help)
    fail(
        "nothing is configured to say how applications stand",
        'add `[runtimes.NAME.argocd]` to promo.toml, or set `adapter = "local"` in `[applications]` to go by what'
        " their folders hold",
    )
