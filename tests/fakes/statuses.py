"""Commit statuses, kept in memory."""

from __future__ import annotations

from engine.execute.ports import Clock, StatusReport
from tests.fakes.faults import Journal, Port


class FakeStatuses(Port):
    """Shows the state of releases on commits.

    Attributes:
        shown: what stands on each commit, by object name and context.
        reports: everything that was reported, in order.
    """

    def __init__(self, journal: Journal, clock: Clock) -> None:
        super().__init__(journal, clock)
        self.shown: dict[tuple[str, str], StatusReport] = {}
        self.reports: list[StatusReport] = []

    async def report(self, report: StatusReport) -> None:
        """Make a commit show this state."""
        await self.journal.through("report", f"{report.context} {report.commit}", lambda: self._report(report))

    def _report(self, report: StatusReport) -> None:
        self.reports.append(report)
        self.shown[report.commit, report.context] = report
