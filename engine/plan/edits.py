"""Which files of one application a promotion changes, and into what. Source: domain, promotion template."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from engine.model.entities import PromotedFile
from engine.plan.nodes import Blocker, BlockerCode, FileChange
from engine.plan.ports import DocumentEditor, EditRefused, EntryKind, ValueChange
from engine.plan.standing import Standing
from engine.plan.unified_diff import unified_diff
from engine.plan.world import Location, World

WHOLE_FILE = "*"


@dataclass(slots=True)
class Edits:
    """What came of computing one application's edits."""

    changes: list[FileChange] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    blockers: list[Blocker] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Standings:
    """What stands in the source and in the target where a file should be."""

    source: Standing
    target: Standing


def promote_files(
    world: World,
    editor: DocumentEditor,
    source: Location,
    target: Location,
    files: tuple[PromotedFile, ...] | None,
    place: str,
) -> Edits:
    """Compute the edits of one application and lay them over the world for later steps.

    Args:
        world: read, and written to when nothing blocks.
        editor: edits documents.
        source: where values come from.
        target: where they go.
        files: what is promoted; None for every file below the source folder.
        place: ``file:line`` of the template, for blockers.

    Returns:
        The changes, sorted by path. With a blocker, nothing is laid over the world.
    """
    edits = Edits()
    if _same_folder(source, target):
        edits.blockers.append(
            Blocker(
                BlockerCode.SAME_TARGET,
                f"source and target are the same folder `{target.folder or '.'}` of {target.repository.url}",
                "give each environment's application its own folder or branch",
            )
        )
        return edits
    selected = _every_file(world, source, target, edits) if files is None else files
    standing = _Standings(Standing(world, source), Standing(world, target))
    written: dict[str, bytes] = {}
    for file in selected:
        path = target.file(file.file)
        origin = source.file(file.file)
        if path is None or origin is None:
            edits.blockers.append(
                Blocker(
                    BlockerCode.OUTSIDE_SOURCE,
                    f"`{file.file}` leads outside the application's source path `{target.folder or '.'}`",
                    "name files relative to the source path",
                    place=place,
                )
            )
            continue
        change = _promote_file(world, editor, source, target, file, origin, path, place, edits, written, standing)
        if change is not None:
            edits.changes.append(change)
    edits.changes.sort(key=lambda change: change.path)
    if not edits.blockers:
        for path, content in written.items():
            world.write(target, path, content)
    return edits


def _same_folder(source: Location, target: Location) -> bool:
    return source.repository is target.repository and source.branch == target.branch and source.folder == target.folder


def _every_file(world: World, source: Location, target: Location, edits: Edits) -> tuple[PromotedFile, ...]:
    """List the files of the source folder, each to be copied whole; say what is left alone."""
    start = len(source.folder) + 1 if source.folder else 0
    names: list[str] = []
    for path, kind in world.files(source):
        if kind is EntryKind.FILE:
            names.append(path[start:])
        else:
            edits.notes.append(f"{path} is a {kind.value} and is not promoted")
    start = len(target.folder) + 1 if target.folder else 0
    kept = sorted({path[start:] for path, _ in world.files(target)} - set(names))
    if kept:
        edits.notes.append(f"only in the target, and kept: {', '.join(kept)}")
    return tuple(PromotedFile(name, (WHOLE_FILE,)) for name in names)


def _promote_file(
    world: World,
    editor: DocumentEditor,
    source: Location,
    target: Location,
    file: PromotedFile,
    origin: str,
    path: str,
    place: str,
    edits: Edits,
    written: dict[str, bytes],
    standing: _Standings,
) -> FileChange | None:
    """Compute one file's change; blockers and notes go to ``edits``, the new content to ``written``."""
    theirs = world.read(source, origin)
    ours = world.read(target, path)
    whole = file.json_paths == (WHOLE_FILE,)
    if theirs is None:
        edits.blockers.append(_missing(standing.source, origin, "the source", place))
        return None
    if ours is None and (not whole or standing.target.instead_of(path)):
        edits.blockers.append(_missing(standing.target, path, "the target", place))
        return None
    values: tuple[ValueChange, ...] = ()
    if whole or ours is None:
        after = theirs
    else:
        result = editor.promote(path=path, source=theirs, target=ours, json_paths=file.json_paths)
        if isinstance(result, EditRefused):
            edits.blockers.append(_refused(result, origin, path))
            return None
        edits.blockers += [_unmatched(json_path, origin, path, place) for json_path in result.unmatched]
        edits.notes += [f"{path}: {note}" for note in result.notes]
        after, values = result.content, result.changes
    if after == ours:
        return None
    written[path] = after
    return FileChange(
        path,
        unified_diff(path, ours, after),
        added=ours is None,
        values=values,
        digest_before="" if ours is None else hashlib.sha256(ours).hexdigest(),
        digest_after=hashlib.sha256(after).hexdigest(),
    )


def _missing(standing: Standing, path: str, which: str, place: str) -> Blocker:
    """Return the blocker for a file that is not there, or where something else stands."""
    location = standing.location
    instead = standing.instead_of(path)
    if instead:
        help_text = "put a regular file there by hand once: a promotion reads and writes nothing else"
    elif which == "the source":
        help_text = "add the file to the source, or take it out of the template"
    else:
        help_text = "add the file to the target by hand once: promoting selected paths never adds a file"
    what = f"{which} has no file `{path}` at {location.branch} ({location.commit[:10]})"
    return Blocker(BlockerCode.FILE_MISSING, f"{what}: {instead}" if instead else what, help_text, place=place)


def _refused(refused: EditRefused, origin: str, path: str) -> Blocker:
    file = origin if refused.in_source else path
    where = f"{file}:{refused.line}:{refused.column}" if refused.line else file
    return Blocker(BlockerCode.EDIT_REFUSED, f"{where}: {refused.reason}", f"mend `{file}`", place=where)


def _unmatched(json_path: str, origin: str, path: str, place: str) -> Blocker:
    return Blocker(
        BlockerCode.PATH_MATCHES_NOTHING,
        f"`{json_path}` matches nothing, neither in `{origin}` nor in `{path}`",
        "correct the JSONPath in the template, or add the value to the source",
        place=place,
    )
