"""The workspace's folder."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.doctor.check import Result, failed, ok, warning
from adapters.doctor.situation import Situation
from adapters.workspace.configuration import CONFIGURATION_FILE
from adapters.workspace.folder import find_folder
from grammar.diagnostics import Diagnostic


class WorkspaceFound:
    """There is a workspace, here or where ``-C`` says."""

    name = "workspace"

    def run(self, situation: Situation) -> Iterator[Result]:
        """Yield one result; no workspace is wrong only where one was named."""
        found = find_folder(situation.folder)
        if not isinstance(found, Diagnostic):
            yield ok(f"`{found}`")
        elif situation.folder is not None:
            yield failed(found.message, found.help)
        else:
            yield warning(
                f"none here: no `{CONFIGURATION_FILE}` in this folder or above it",
                "change into one, name one with -C DIR, or start one with `promo init`",
            )
