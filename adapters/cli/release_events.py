"""The audit trail of a release, read page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from adapters.store.listing import RecordedEvent
    from adapters.store.store import ReleaseStore


async def all_events(store: ReleaseStore, release: str, after: int = 0) -> list[RecordedEvent]:
    """Return every event of a release after one of them, oldest first.

    Args:
        store: where the release is.
        release: its identifier.
        after: the number of the last event that is known; 0 for all.
    """
    found: list[RecordedEvent] = []
    while more := await store.events(release, found[-1].id if found else after):
        found += more
    return found
