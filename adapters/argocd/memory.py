"""What the adapter remembers between two looks at an application; it travels with the release."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

LARGEST = 1000
"""Characters a port's memory may have. Source: `engine.execute.ports.Observation`."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What was asked for and seen under one key.

    Attributes:
        refreshed_at: when a refresh was last asked for.
        refreshes: how many were.
        hard_at: when a hard refresh was asked for because of an error that still stands.
        synced_at: when a sync was last asked for.
        health: what its health was; empty before the first look.
        commit: the commit that is waited for, where the release names none.
        hydration: when the hydration failed that was asked for once more.
    """

    refreshed_at: datetime | None = None
    refreshes: int = 0
    hard_at: datetime | None = None
    synced_at: datetime | None = None
    health: str = ""
    commit: str = ""
    hydration: str = ""


_TIMES = {"r": "refreshed_at", "h": "hard_at", "s": "synced_at"}
_TEXTS = {"e": "health", "c": "commit", "d": "hydration"}


def to_text(memory: Memory) -> str:
    """Return a memory as a text of at most 1,000 characters."""
    data: dict[str, str | int] = {"n": memory.refreshes} if memory.refreshes else {}
    for short, name in _TIMES.items():
        moment = getattr(memory, name)
        if moment is not None:
            data[short] = moment.isoformat()
    for short, name in _TEXTS.items():
        if text := getattr(memory, name):
            data[short] = text[:100]
    return json.dumps(data, separators=(",", ":"))


def from_text(text: str) -> Memory:
    """Return what a text remembers; one that was not written by `to_text` is as good as none.

    Losing a memory is safe: it is only asked for a refresh or a sync again, which are looked for before they are made.
    """
    try:
        data = json.loads(text) if len(text) <= LARGEST else None
        if not isinstance(data, dict):
            return Memory()
        times = {name: datetime.fromisoformat(data[short]) for short, name in _TIMES.items() if short in data}
        texts = {name: str(data[short]) for short, name in _TEXTS.items() if short in data}
        if any(moment.tzinfo is None for moment in times.values()):
            return Memory()
        return Memory(refreshes=int(data.get("n", 0)), **times, **texts)  # type: ignore[arg-type]
    except (ValueError, TypeError):
        return Memory()
