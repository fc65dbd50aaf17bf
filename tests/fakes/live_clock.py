"""The time of a fake whose clients are real processes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.fakes.argocd_server import MovableClock


class LiveClock(MovableClock):
    """The machine's clock, ahead by as much as a test has let pass."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    @property
    def moment(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    @moment.setter
    def moment(self, moment: datetime) -> None:
        self._ahead = moment - datetime.now(UTC)

    def now(self) -> datetime:
        return self.moment
