"""The port that shows the state of releases on commits, where a forge has the repository."""

from __future__ import annotations

import asyncio

from adapters.forge.forges import Forges
from adapters.forge.port import Shown
from engine.execute.ports import StatusReport
from engine.execute.status import ReleaseStatus

LONGEST = 140
"""Characters of a description. Source: GitHub's REST API, "create a commit status"."""

_SHOWN = {
    ReleaseStatus.QUEUED: Shown.PENDING,
    ReleaseStatus.RUNNING: Shown.PENDING,
    ReleaseStatus.SUSPENDED: Shown.PENDING,
    ReleaseStatus.TERMINATING: Shown.PENDING,
    ReleaseStatus.SUCCEEDED: Shown.SUCCESS,
    ReleaseStatus.FAILED: Shown.FAILURE,
    ReleaseStatus.TERMINATED: Shown.ERROR,
}


def shown_as(state: str) -> Shown:
    """Return how a release's status is shown on a commit.

    Raises:
        ValueError: when it is no status of a release.
    """
    return _SHOWN[ReleaseStatus(state)]


class ForgeStatuses:
    """Statuses of commits on forges; nothing is shown of a repository that no forge has.

    Implements `engine.execute.ports.CommitStatuses`. A status has a name, and a later one replaces it.
    """

    def __init__(self, forges: Forges) -> None:
        """Prepare; the forges stay open as long as this is used."""
        self._forges = forges

    async def report(self, report: StatusReport) -> None:
        """Make a commit show this state.

        Raises:
            AdapterError: `RetryableError` for trouble that may pass, `TerminalError` for what will not.
        """
        hosted = self._forges.of(report.repo_url)
        if hosted is None:
            return
        description = " ".join(report.description.split())
        if len(description) > LONGEST:
            description = description[: LONGEST - 3] + "..."
        await asyncio.to_thread(
            hosted.forge.show,
            hosted.project,
            report.commit,
            report.context,
            shown_as(report.state),
            description,
            report.url,
        )
