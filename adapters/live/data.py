"""How applications stand as plain data, ready for JSON; `docs/live.schema.json` says its shape."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from adapters.live.answer import Live, LiveApplication, LiveWarning

FORMAT = "promo.live/v1"
"""Says what the data is; changes whenever its meaning does."""


def to_data(live: Live) -> dict[str, Any]:
    """Return how applications stand as dictionaries, lists, texts, numbers and None, keys always in the same order."""
    return {
        "format": FORMAT,
        "asked_at": live.asked_at.isoformat(),
        "applications": [_application(one) for one in live.applications],
        "warnings": [_warning(one) for one in live.warnings],
    }


def _application(one: LiveApplication) -> dict[str, Any]:
    said, standing = one.said, one.standing
    return {
        "environment": one.environment,
        "application": one.application,
        "runtime": one.runtime,
        "unknown": one.unknown or None,
        "health": said.health if said else None,
        "health_message": said.health_message if said else "",
        "health_since": _moment(said.health_since) if said else None,
        "sync": said.sync if said else None,
        "compared_at": _moment(said.compared_at) if said else None,
        "unsynced": list(said.unsynced) if said else [],
        "revision": (said.revision or None) if said else None,
        "version": standing.version,
        "brings": one.brings,
        "branch": standing.branch,
        "head": standing.head,
        "drift": standing.drift.value,
        "drift_detail": standing.detail,
        "commits_behind": standing.commits,
        "notes": list(said.notes) if said else [],
    }


def _warning(one: LiveWarning) -> dict[str, Any]:
    return {
        "server": one.server,
        "message": one.message,
        "help": one.help,
        "applications": list(one.applications),
    }


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
