"""What every view says in the same words of how applications stand. Nothing here is escaped."""

from __future__ import annotations

from collections import Counter

from adapters.live.answer import Drift, Live, LiveApplication

COLUMNS = ("environment", "application", "health", "sync", "deployed", "drift", "planned")
"""Of the table; each application is a row of it."""

_MOST = 100
"""Commits that are counted."""


def title(live: Live) -> str:
    """Return in a few words how all of them stand, such as ``9 of 12 healthy, 1 degraded, 2 unknown``."""
    count = len(live.applications)
    if not count:
        return "no application"
    found = Counter(one.said.health.lower() if one.said is not None else "unknown" for one in live.applications)
    words = [f"{number} {health}" for health, number in sorted(found.items()) if health != "healthy"]
    drifting = sum(1 for one in live.applications if one.standing.drift not in (Drift.NONE, Drift.UNKNOWN))
    words += [f"{drifting} {'drifts' if drifting == 1 else 'drift'} from Git"] if drifting else []
    return ", ".join([f"{found['healthy']} of {count} healthy", *words])


def row(one: LiveApplication) -> tuple[str, ...]:
    """Return the texts of an application, as many as `COLUMNS`; those of one that nobody can say are few."""
    if one.said is None:
        return (one.environment, one.application, f"unknown ({one.unknown})", "", "", "", one.brings or "-")
    return (
        one.environment,
        one.application,
        one.said.health,
        one.said.sync,
        _deployed(one),
        drift_text(one),
        one.brings or "-",
    )


def _deployed(one: LiveApplication) -> str:
    assert one.said is not None
    revision = one.said.revision
    if not revision:
        return "unknown"
    shown = revision[:10] if len(revision) >= 40 else revision
    return f"{one.standing.version} @ {shown}" if one.standing.version else shown


def drift_text(one: LiveApplication) -> str:
    """Return how what is deployed stands to the branch."""
    standing = one.standing
    match standing.drift:
        case Drift.NONE:
            return "none"
        case Drift.BEHIND:
            many = "or more commits" if standing.commits >= _MOST else "commit" if standing.commits == 1 else "commits"
            return f"{standing.commits} {many} behind {standing.branch}"
        case Drift.ELSEWHERE:
            return f"not on {standing.branch}"
        case Drift.EDITED:
            return "the cluster differs"
        case Drift.UNKNOWN:
            return "unknown"


def remarks(one: LiveApplication) -> tuple[str, ...]:
    """Return what is to be said below an application's row."""
    said, standing = one.said, one.standing
    if said is None:
        return ()
    found = [said.health_message] if said.health_message else []
    if standing.drift is Drift.EDITED and standing.detail:
        found.append(f"differs: {standing.detail}")
    elif standing.detail:
        found.append(standing.detail)
    return (*found, *said.notes)
