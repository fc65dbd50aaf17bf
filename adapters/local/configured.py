"""Puts the local adapters together from a workspace."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.local.running.images import HOST
from adapters.local.running.settings import LocalSettings
from adapters.local.templates import workflow_manifests

if TYPE_CHECKING:
    from adapters.git.past import PastRepositories
    from adapters.local.applications import LocalApplications
    from adapters.local.workflows import LocalWorkflows
    from adapters.workspace import Loaded
    from engine.execute.ports import Clock

STATE = ".promo/workflows"
"""Where runs are kept, from the workspace's folder."""

HEALTH = ".promo/applications"
"""Where it is kept how applications stood."""


def state_folder(loaded: Loaded) -> Path:
    """Return the folder that the runs of a workspace are kept in."""
    return loaded.folder.absolute() / STATE


def local_settings(loaded: Loaded) -> LocalSettings:
    """Return what a workspace configures, with whole paths."""
    table = loaded.configuration.adapters.local
    fields = table._asdict()
    for name in ("readable", "writable"):
        fields[name] = tuple(_whole(loaded.folder, path) for path in fields[name])
    fields["images"] = tuple(
        (pattern, way if way == HOST else _whole(loaded.folder, way)) for pattern, way in table.images
    )
    return LocalSettings(**fields)


def local_workflows(loaded: Loaded) -> LocalWorkflows:
    """Return what runs the promotion workflows of a workspace on this machine."""
    from adapters.local.workflows import LocalWorkflows

    texts = loaded.sources.texts
    return LocalWorkflows(state_folder(loaded), lambda: workflow_manifests(texts.items()), local_settings(loaded))


def local_applications(
    loaded: Loaded, repositories: Callable[[], AbstractContextManager[PastRepositories]], clock: Clock
) -> LocalApplications:
    """Return what watches the applications of a workspace by their folders.

    Args:
        loaded: the workspace.
        repositories: opens its repositories, brought up to date.
        clock: tells the time.
    """
    from adapters.local.applications import LocalApplications
    from adapters.local.health.command import CheckCommand
    from adapters.yaml import SpliceEditor

    table = loaded.configuration.adapters
    state = loaded.folder.absolute() / HEALTH
    check = None
    if table.check:
        check = CheckCommand(state / "checks", table.check, table.check_timeout, local_settings(loaded))
    return LocalApplications(repositories, SpliceEditor(), clock, state, check)


def _whole(folder: Path, path: str) -> str:
    """Return an absolute path without links."""
    return os.path.realpath(folder.absolute() / os.path.expanduser(path))
