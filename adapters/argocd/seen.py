"""An Application as the server shows it, reduced to what says whether a commit has landed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

STEP_KEY = "promo.io/step"
"""The name of the info entry that says whose a sync is."""

REFRESH_ANNOTATION = "argocd.argoproj.io/refresh"
"""What asks for a comparison with Git; the controller removes it when it has made one."""


@dataclass(frozen=True, slots=True)
class SourceSeen:
    """A source of an application.

    Attributes:
        repo_url: as written.
        path: the folder as written; empty where there is none.
        revision: what it follows; empty for the default branch.
        chart: the Helm chart; empty for a Git source.
        ref: the name other sources use; empty for none.
    """

    repo_url: str
    path: str = ""
    revision: str = ""
    chart: str = ""
    ref: str = ""


@dataclass(frozen=True, slots=True)
class OperationSeen:
    """The last sync, or the one that runs.

    Attributes:
        phase: ``Running``, ``Terminating``, ``Failed``, ``Error`` or ``Succeeded``.
        message: what it says about itself.
        started_at: when it began.
        finished_at: when it ended; None while it runs.
        step: the key it carries, if it is one of ours.
        revisions: what it synced to, or was asked to sync to, by source; empty where that is not known.
    """

    phase: str
    message: str = ""
    started_at: datetime | None = None
    finished_at: datetime | None = None
    step: str = ""
    revisions: tuple[str, ...] = ()

    @property
    def runs(self) -> bool:
        """Whether it has not ended."""
        return self.phase in ("Running", "Terminating", "")

    @property
    def failed(self) -> bool:
        """Whether it has ended badly."""
        return self.phase in ("Failed", "Error")


@dataclass(frozen=True, slots=True)
class DeploymentSeen:
    """The last sync that succeeded.

    Attributes:
        sources: what was deployed from.
        revisions: of each of them.
        at: when it was done.
    """

    sources: tuple[SourceSeen, ...]
    revisions: tuple[str, ...]
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ConditionSeen:
    """Something that is wrong, or worth a word: ``ComparisonError``, ``SyncError`` and others."""

    type: str
    message: str
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class HydrationSeen:
    """How the source hydrator stands.

    Attributes:
        repo_url: where the dry manifests are.
        path: their folder.
        sync_url: where rendered manifests are deployed from.
        sync_path: their folder.
        staged: whether they are staged on a branch that somebody merges.
        phase: of the current operation: ``Hydrating``, ``Failed``, ``Hydrated``; empty where there is none.
        message: of the current operation.
        dry: the commit it works on.
        hydrated: the commit it made.
        finished_at: when it ended.
        compared: the last dry commit that was looked at, whether or not there was anything to hydrate.
        last_hydrated: the commit that the last successful operation made.
        last_dry: the dry commit of that operation.
    """

    repo_url: str
    path: str
    sync_url: str
    sync_path: str
    staged: bool
    phase: str = ""
    message: str = ""
    dry: str = ""
    hydrated: str = ""
    finished_at: datetime | None = None
    compared: str = ""
    last_hydrated: str = ""
    last_dry: str = ""


@dataclass(frozen=True, slots=True)
class ApplicationSeen:
    """An application as the server shows it.

    Attributes:
        name: of the object.
        namespace: of the object.
        project: its Argo CD project.
        version: the object's ``resourceVersion``.
        sources: of the specification.
        compared_sources: those that ``revisions`` are about; they differ from ``sources`` after a change.
        hydration: of a hydrated application; None for others.
        auto_sync: whether Argo CD syncs it by itself.
        sync_options: that its syncs use.
        retry: how its syncs are tried again, as the server wrote it; None where it says nothing.
        deleting: whether it is being deleted.
        refreshing: whether a refresh was asked for and not made yet.
        pending: the key of a sync that was asked for and has not begun; empty for one of others, None for none.
        operation: the last sync; None where there was none, or one has just been asked for.
        sync: ``Synced``, ``OutOfSync``, ``Unknown``; empty before the first comparison.
        revisions: what was compared, one for each source.
        health: ``Healthy``, ``Progressing``, ``Suspended``, ``Missing``, ``Degraded``, ``Unknown``; or empty.
        health_message: what it says about its health.
        health_since: when its health last changed.
        reconciled_at: when it was last compared with Git.
        conditions: in the server's order.
        unsynced: names of resources that are not as they should be, ``Kind/name``.
        to_prune: how many resources wait to be removed.
        deployment: the last sync that succeeded; None where none is remembered.
    """

    name: str
    namespace: str = ""
    project: str = ""
    version: str = ""
    sources: tuple[SourceSeen, ...] = ()
    compared_sources: tuple[SourceSeen, ...] = ()
    hydration: HydrationSeen | None = None
    auto_sync: bool = False
    sync_options: tuple[str, ...] = ()
    retry: Mapping[str, object] | None = None
    deleting: bool = False
    refreshing: bool = False
    pending: str | None = None
    operation: OperationSeen | None = None
    sync: str = ""
    revisions: tuple[str, ...] = ()
    health: str = ""
    health_message: str = ""
    health_since: datetime | None = None
    reconciled_at: datetime | None = None
    conditions: tuple[ConditionSeen, ...] = ()
    unsynced: tuple[str, ...] = field(default=())
    to_prune: int = 0
    deployment: DeploymentSeen | None = None
