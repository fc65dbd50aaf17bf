"""The edit that undoes a promotion: its own values go back, and whatever else was edited since stays."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from adapters.git.changes.computed import (
    Computed,
    Place,
    Turn,
    named,
    refuse_blockers,
    refuse_conflicts,
    shown,
    turns_of,
)
from adapters.git.changes.promoting import require_commit
from adapters.git.fast_import import Write
from adapters.git.repositories import GitRepositories
from adapters.git.upstream import Upstream
from engine.execute.errors import TerminalError
from engine.execute.ports import Change
from engine.model.entities import PromotedFile
from engine.plan.edits import WHOLE_FILE, promote_files
from engine.plan.ports import DocumentEditor
from engine.plan.world import Location, World


def compute_revert(
    repositories: GitRepositories, editor: DocumentEditor, change: Change, upstream: Upstream, head: str
) -> Computed:
    """Compute what undoing a commit writes onto a later commit of the target's branch.

    Only the promoted files below the target's folder count, and of them only the values that the commit changed. Files
    that it added are removed when they are as it left them.

    Args:
        repositories: reads repositories.
        editor: edits documents.
        change: the revert; ``commit`` is what is undone.
        upstream: the target's repository.
        head: the commit that is changed.

    Raises:
        TerminalError: when a value or a file was changed again since, with the values, or something blocks the edit.
        RepositoryError: when the repository cannot be read.
    """
    repository = upstream.repository
    require_commit(repository, change.commit)
    parents = repository.commit(change.commit).parents
    if not parents:
        raise TerminalError(f"the commit {change.commit} has no parent, so there is nothing to go back to")
    before = _location(change, upstream, parents[0], "before")
    undone = _location(change, upstream, change.commit, "undone")
    target = _location(change, upstream, head, change.target.branch)
    world = World(repositories)
    back: list[PromotedFile] = []
    added: list[str] = []
    made: dict[Place, Turn] = {}
    for file in _touched(change, upstream, before):
        path = before.file(file.file) or ""
        if world.read(undone, path) is None:
            continue  # a promotion removes no file, so somebody's own commit is being undone; it stays removed
        if world.read(before, path) is None:
            added.append(path)
            continue
        turns = _turns(repositories, editor, before, undone, file)
        made |= turns
        paths = (WHOLE_FILE,) if Place(path, "*") in turns else tuple(dict.fromkeys(place.path for place in turns))
        if paths:
            back.append(PromotedFile(file.file, paths))
    edits = promote_files(world, editor, before, target, tuple(back), "")
    refuse_blockers(edits.blockers)
    turns = {place: turn for file_change in edits.changes for place, turn in turns_of(file_change).items()}
    _check(turns, made)
    writes = []
    for file_change in edits.changes:
        like = repository.item(head, file_change.path)
        executable = like is not None and like.is_executable
        writes.append(Write(file_change.path, world.read(target, file_change.path), executable))
    for path in added:
        removal = _removal(world, undone, target, path)
        if removal is not None:
            writes.append(Write(path, None))
            turns[Place(path, "*")] = removal
    return Computed(tuple(writes), turns)


def _location(change: Change, upstream: Upstream, commit: str, label: str) -> Location:
    """Return the target's folder at a commit; the label tells locations of one folder apart."""
    return Location(upstream.repository, change.target.repo_url, label, change.target.folder, commit)


def _touched(change: Change, upstream: Upstream, location: Location) -> list[PromotedFile]:
    """Return the promoted files that the commit changed below the target's folder, sorted by path."""
    changed = upstream.repository.changed_paths(change.commit)
    if change.source.files is not None:
        return [file for file in change.source.files if location.file(file.file) in changed]
    prefix = f"{location.folder}/" if location.folder else ""
    return [PromotedFile(path[len(prefix) :], (WHOLE_FILE,)) for path in changed if path.startswith(prefix)]


def _turns(
    repositories: GitRepositories, editor: DocumentEditor, before: Location, undone: Location, file: PromotedFile
) -> Mapping[Place, Turn]:
    """Return what the commit did to the promoted values of one file."""
    edits = promote_files(World(repositories), editor, undone, before, (file,), "")
    refuse_blockers(edits.blockers)
    return {place: turn for change in edits.changes for place, turn in turns_of(change).items()}


def _check(turns: Mapping[Place, Turn], made: Mapping[Place, Turn]) -> None:
    """Refuse to take back what is no longer as the commit left it."""
    conflicts = []
    for place, turn in turns.items():
        own = made.get(place)
        if own is None or (turn.before, turn.after) != (own.after, own.before):
            left = "something else" if own is None else shown(place, own.after)
            conflicts.append(
                f"{named(place)} was left {left}, is now {shown(place, turn.before)}, "
                f"and would go back to {shown(place, turn.after)}"
            )
    if conflicts:
        refuse_conflicts(conflicts, "undo the promotion by hand where that is still wanted")


def _removal(world: World, undone: Location, target: Location, path: str) -> Turn | None:
    """Return the removal of a file that the commit added; None where it is gone already."""
    left, now = world.read(undone, path), world.read(target, path)
    if now is None:
        return None
    digests = [hashlib.sha256(content or b"").hexdigest() for content in (left, now)]
    if left != now:
        place = Place(path, "*")
        refuse_conflicts(
            [f"{named(place)} was added as {shown(place, digests[0])} and is now {shown(place, digests[1])}"],
            "remove it by hand where that is still wanted",
        )
    return Turn(digests[1], None)
