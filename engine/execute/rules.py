"""What the rules of a release need to know of the place it runs at."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

HORIZON = timedelta(minutes=15)
"""The longest until something that is waited for is looked at again, whatever the other side asks for."""

_FIRST_LOOK = 2.0
_SHORTEST_LOOK = 0.1
_LONGEST_LOOK = 60.0
_LOOKS_PER_WAIT = 0.1
_FIRST_BACKOFF = 1.0
_LONGEST_BACKOFF = 60.0


@dataclass(frozen=True, slots=True)
class Rules:
    """How time and addresses are told.

    Attributes:
        zone: finds a time zone by its IANA name.
        url: the address releases are shown under; empty where they are shown nowhere.
        reports: whether the state of releases is shown on commits.
        wind_down: seconds a release that is terminated has for its failure hooks and for ending what runs.
    """

    zone: Callable[[str], tzinfo]
    url: str = ""
    reports: bool = False
    wind_down: int = 3600

    def release_url(self, release_id: str) -> str:
        """Return a release's own address; empty where there is none."""
        return f"{self.url.rstrip('/')}/releases/{release_id}" if self.url else ""


def next_look(since: datetime | None, now: datetime, asked: float | None) -> datetime:
    """Return when something that is waited for is worth looking at again.

    What has been waited for a short time is looked at often, and less and less often later.

    Args:
        since: when the waiting began.
        now: the present moment.
        asked: seconds the other side asked for; None where it said nothing. At least a tenth is waited, so that
            nobody is asked without rest.
    """
    if asked is not None:
        return now + min(timedelta(seconds=max(asked, _SHORTEST_LOOK)), HORIZON)
    waited = (now - since).total_seconds() if since else 0.0
    return now + timedelta(seconds=min(max(waited * _LOOKS_PER_WAIT, _FIRST_LOOK), _LONGEST_LOOK))


def next_try(key: str, tries: int, now: datetime, asked: float | None) -> datetime:
    """Return when a call that failed for now is made again: later with every try, and not for all at once.

    Args:
        key: of the effect, from which the jitter is computed, so that the same release always waits as long.
        tries: how often it failed in a row, from 1.
        now: the present moment.
        asked: seconds the other side asked for; never less is waited.
    """
    grown = min(_FIRST_BACKOFF * 2.0 ** min(tries - 1, 16), _LONGEST_BACKOFF)
    spread = int.from_bytes(hashlib.sha256(f"{key} {tries}".encode()).digest()[:2], "big") / 65535
    return now + min(timedelta(seconds=max(grown * (0.5 + spread / 2), asked or 0.0)), HORIZON)
