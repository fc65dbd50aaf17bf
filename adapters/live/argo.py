"""What an Argo CD says of an application, in the words of `Said`."""

from __future__ import annotations

from collections.abc import Callable

from adapters.argocd.seen import ApplicationSeen, HydrationSeen, SourceSeen
from adapters.argocd.sources import folder_of, index_of
from adapters.live.answer import Said
from adapters.remote.said import said as one_line
from engine.execute.spec import TargetSpec

_HEALTHS = frozenset({"Healthy", "Progressing", "Suspended", "Missing", "Degraded"})
_SYNCS = frozenset({"Synced", "OutOfSync"})

DryCommit = Callable[[str, str, str], str]
"""Returns the dry commit that a rendered one was made from, by repository, commit and folder; empty for none."""


def said_of(seen: ApplicationSeen, target: TargetSpec, dry_commit: DryCommit) -> Said:
    """Return what is said of an application.

    Args:
        seen: as the server shows it.
        target: whose source is meant.
        dry_commit: asks Git; only for hydrated applications.

    Raises:
        RepositoryError: when Git has to be asked and cannot be.
    """
    revision = deployed(seen, target)
    notes = list(_notes(seen, target))
    if seen.hydration is not None and revision:
        dry = _dry(seen.hydration, revision, dry_commit)
        notes.append(
            f"rendered as {revision[:10]}" if dry else f"it is not known what {revision[:10]} is rendered from"
        )
        revision = dry
    return Said(
        health=seen.health if seen.health in _HEALTHS else "Unknown",
        sync=seen.sync if seen.sync in _SYNCS else "Unknown",
        revision=revision,
        health_message=one_line(seen.health_message),
        health_since=seen.health_since,
        compared_at=seen.reconciled_at,
        unsynced=seen.unsynced,
        notes=tuple(notes),
    )


def deployed(seen: ApplicationSeen, target: TargetSpec) -> str:
    """Return what is deployed from a target's source; empty where that is not known.

    ``status.sync.revision`` is what was compared, which is deployed only where it is ``Synced``: a commit that changes
    nothing is never synced, so the last sync would be too old. Otherwise it is what was deployed last.
    """
    if seen.sync == "Synced":
        return _at(seen, seen.compared_sources or seen.sources, seen.revisions, target)
    last, operation = seen.deployment, seen.operation
    if last is not None:
        return _at(seen, last.sources, last.revisions, target)
    if operation is not None and operation.phase == "Succeeded":
        return _at(seen, seen.sources, operation.revisions, target)
    return ""


def _at(seen: ApplicationSeen, sources: tuple[SourceSeen, ...], revisions: tuple[str, ...], target: TargetSpec) -> str:
    index = 0 if seen.hydration is not None else index_of(sources, target)
    return revisions[index] if index is not None and index < len(revisions) else ""


def _dry(state: HydrationSeen, rendered: str, dry_commit: DryCommit) -> str:
    if rendered == state.last_hydrated and state.last_dry:
        return state.last_dry
    return dry_commit(state.sync_url, rendered, folder_of(state.sync_path))


def _notes(seen: ApplicationSeen, target: TargetSpec) -> list[str]:
    notes = ["it is being deleted"] if seen.deleting else []
    if target.repo_url and seen.hydration is None and index_of(seen.compared_sources or seen.sources, target) is None:
        notes.append(f"none of its sources is `{target.folder or '.'}` of the repository in the workspace")
    if seen.operation is not None and seen.operation.runs:
        notes.append("a sync runs")
    elif seen.pending is not None:
        notes.append("a sync was asked for")
    elif seen.operation is not None and seen.operation.failed:
        notes.append(one_line(f"the last sync failed: {seen.operation.message or seen.operation.phase}"))
    return notes + [one_line(f"{one.type}: {one.message}") for one in seen.conditions if one.type.endswith("Error")]
