"""The machine's clock, which decides windows, freezes and soak times."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

from adapters.doctor.check import Result, failed, ok, skipped, warning
from adapters.doctor.http_date import NoDateError, server_time
from adapters.doctor.situation import Situation
from adapters.git.address import RemoteAddress
from adapters.git.failure import GitError
from engine.plan.ports import RepositoryError

_REMEDY = "let the machine's clock be set from the network (`timedatectl set-ntp true`)"
_SLIGHT = timedelta(minutes=1)
_WRONG = timedelta(minutes=5)
"""Beyond it servers refuse tokens, and windows open at another time than everybody thinks."""


class Clock:
    """The clock agrees with the newest commits, which are never from the future, and with the servers."""

    name = "clock"

    def run(self, situation: Situation) -> Iterator[Result]:
        """Yield a result about the commits of checkouts, and one for every web server repositories are read from."""
        yield _commits(situation)
        origins = dict.fromkeys(
            f"{address.transport}://{_host(address)}"
            for key, address in situation.repositories.items()
            if isinstance(address, RemoteAddress)
            and address.transport in ("http", "https")
            and key not in situation.checkouts
        )
        if origins and not situation.connections:
            yield skipped("not compared with any server", "`promo doctor --connections` asks the servers")
            return
        for origin in origins:
            yield compared(origin, situation)


def compared(origin: str, situation: Situation) -> Result:
    """Compare the clock with a web server's; see `server_time` for what an origin is."""
    try:
        theirs = server_time(origin, situation.timeout)
    except NoDateError as silent:
        return skipped(f"{origin}: {silent}", "nothing, where the check of what it serves is well")
    return judged(origin, theirs)


def judged(origin: str, theirs: datetime) -> Result:
    """Compare the clock with a time that a server has just told."""
    ours = datetime.now(UTC)
    apart = abs(ours - theirs)
    if apart <= _SLIGHT:
        return ok(f"agrees with {origin}")
    found = f"{_words(apart)} {'behind' if ours < theirs else 'ahead of'} {origin}"
    return failed(found, _REMEDY) if apart > _WRONG else warning(found, _REMEDY)


def told(origin: str, written: str | None) -> Iterator[Result]:
    """Compare the clock with the `Date` header of an answer that was had for another reason; yields at most one result.

    Args:
        origin: the server, for people.
        written: the header; None or empty where the answer has none.
    """
    try:
        moment = parsedate_to_datetime(written) if written else None
    except ValueError:
        moment = None
    if moment is not None and moment.tzinfo is not None:
        yield judged(origin, moment)


def _commits(situation: Situation) -> Result:
    newest: tuple[datetime, Path] | None = None
    for _, folder in situation.checkouts.values():
        moment = _newest(situation, folder)
        if moment is not None and (newest is None or moment > newest[0]):
            newest = moment, folder
    told = f"{situation.now:%Y-%m-%d %H:%M} UTC"
    if newest is None:
        return ok(f"{told}; there is no checkout whose commits it could be compared with")
    ahead = newest[0] - situation.now
    if ahead > _WRONG:
        return warning(
            f"{told}, but the newest commit of `{newest[1].name}` is from {_words(ahead)} later",
            f"{_REMEDY}; where it is right, its author's was not",
        )
    return ok(f"{told}; no commit is from the future")


def _newest(situation: Situation, folder: Path) -> datetime | None:
    """Return when the newest commit of any branch was made; None where there is none, or no repository."""
    try:
        answer = situation.git.run(
            folder,
            "for-each-ref",
            "--sort=-committerdate",
            "--count=1",
            "--format=%(committerdate:unix)",
            "refs/heads",
            "refs/remotes",
        )
    except (GitError, RepositoryError):
        return None  # the check of checkouts says what is wrong with it
    seconds = answer.strip()
    return datetime.fromtimestamp(int(seconds), UTC) if seconds.isdigit() else None


def _host(address: RemoteAddress) -> str:
    host = f"[{address.host}]" if ":" in address.host else address.host
    return host if address.port is None else f"{host}:{address.port}"


def _words(apart: timedelta) -> str:
    """Return e.g. ``3 minutes`` or ``2 days``."""
    seconds = int(apart.total_seconds())
    for size, word in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            return f"{seconds // size} {word}{'s' if seconds // size != 1 else ''}"
    return f"{seconds} seconds"
