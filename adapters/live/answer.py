"""How applications stand, as data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class Drift(Enum):
    """How what is deployed stands to what the repository's branch says; the values are stable."""

    NONE = "none"
    """It is what the branch says, in the application's folder."""
    BEHIND = "behind"
    """The branch has later commits in that folder."""
    ELSEWHERE = "elsewhere"
    """The branch does not have the commit."""
    EDITED = "edited"
    """It is the branch's commit, and the cluster differs from it."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of an application by whoever deploys it.

    Attributes:
        health: ``Healthy``, ``Progressing``, ``Suspended``, ``Missing``, ``Degraded`` or ``Unknown``.
        sync: ``Synced``, ``OutOfSync`` or ``Unknown``.
        revision: what is deployed, a commit or the version of a chart; empty where that is not known.
        health_message: what it says about its health.
        health_since: when its health last changed; None where that is not said.
        compared_at: when it was last compared with Git; None where that is not said.
        unsynced: resources that are not as they should be, ``Kind/name``.
        notes: what a reader should know.
    """

    health: str
    sync: str
    revision: str = ""
    health_message: str = ""
    health_since: datetime | None = None
    compared_at: datetime | None = None
    unsynced: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """How what is deployed stands to the branch.

    Attributes:
        drift: in a word.
        detail: what is to be said about it; empty for nothing.
        commits: by how many it is behind in its folder, at most 100; 0 otherwise.
        version: the version of what is deployed; None where none can be read.
        branch: the revision the application follows; empty where that is not known.
        head: the commit it stands at; empty where that is not known.
    """

    drift: Drift
    detail: str = ""
    commits: int = 0
    version: str | None = None
    branch: str = ""
    head: str = ""


@dataclass(frozen=True, slots=True)
class LiveApplication:
    """How one application of a plan stands.

    Attributes:
        environment: it is in.
        application: its key.
        runtime: that looks after it; empty for the only one, or none.
        said: what is said of it; None where nobody could be asked.
        unknown: why nobody could be asked; empty where somebody was.
        standing: of what is deployed.
        brings: the version that the plan would bring; None where it brings none.
    """

    environment: str
    application: str
    runtime: str
    said: Said | None
    unknown: str
    standing: Standing
    brings: str | None


@dataclass(frozen=True, slots=True)
class LiveWarning:
    """Why applications of one server are not known.

    Attributes:
        server: which, for people.
        message: what is wrong.
        help: what to do; empty where nothing is known.
        applications: their keys.
    """

    server: str
    message: str
    help: str
    applications: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Live:
    """How the applications of a plan stand.

    Attributes:
        asked_at: when they were asked for.
        applications: in the order of the plan.
        warnings: one for each server that did not say all.
    """

    asked_at: datetime
    applications: tuple[LiveApplication, ...]
    warnings: tuple[LiveWarning, ...]
