"""Promotions that write the same values: of two products, of two applications, or of two environments.

Applications of one product in one environment may share a folder (one application for each cluster, say): a step
writes the same values for all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from engine.verify.json_path_overlap import WHOLE_FILE, Overlap, overlap_of
from engine.verify.write_sets import DEFAULT_BRANCH, WriteSet

_EVERY_FILE = (WHOLE_FILE,)


@dataclass(frozen=True, slots=True)
class Collision:
    """Two applications whose promotions write the same place.

    Attributes:
        first: the one whose key comes first.
        second: the other.
        file: the file both write; a folder, with a slash at the end, where both write all that is in it.
        paths: the JSONPaths that meet, of the first and of the second; None where a whole file is written.
        certain: whether they meet in every document, on a branch that is certainly the same.
    """

    first: WriteSet
    second: WriteSet
    file: str
    paths: tuple[str, str] | None
    certain: bool


@dataclass(frozen=True, slots=True)
class _Write:
    """One file, or one folder, of a write set."""

    owner: WriteSet
    path: str
    json_paths: tuple[str, ...]


def collisions(write_sets: Iterable[WriteSet]) -> tuple[Collision, ...]:
    """Return the collisions of write sets, each application with the first one it collides with.

    Returns:
        Sorted by the applications' keys. Cost: O(files + applications), besides those that write the same file.
    """
    by_repository: dict[str, list[WriteSet]] = {}
    for found in sorted(write_sets, key=lambda one: one.application):
        by_repository.setdefault(found.repository, []).append(found)
    collided = [hit for group in by_repository.values() if len(group) > 1 for hit in _in_repository(group)]
    return tuple(sorted(collided, key=lambda hit: (hit.second.application, hit.first.application)))


def _in_repository(group: Iterable[WriteSet]) -> Iterator[Collision]:
    """Yield for each application the first collision with an earlier one, certain ones before others."""
    files: dict[str, list[_Write]] = {}
    folders: dict[str, list[_Write]] = {}
    below: dict[str, list[_Write]] = {}
    for found in group:
        hits = [
            hit
            for write in _writes(found)
            for other in _rivals(write, files, folders, below)
            if (hit := _collision(other, write)) is not None
        ]
        if hits:
            yield min(hits, key=lambda hit: (not hit.certain, hit.first.application, hit.file))
        for write in _writes(found):
            (folders if found.files is None else files).setdefault(write.path, []).append(write)
            for parent in _parents(write.path):
                below.setdefault(parent, []).append(write)


def _writes(found: WriteSet) -> Iterator[_Write]:
    if found.files is None:
        yield _Write(found, found.folder, _EVERY_FILE)
    else:
        for path, json_paths in found.files:
            yield _Write(found, path, json_paths)


def _rivals(
    write: _Write, files: dict[str, list[_Write]], folders: dict[str, list[_Write]], below: dict[str, list[_Write]]
) -> Iterator[_Write]:
    """Yield earlier writes of the same file, of a folder around it, and, for a folder, of what is in it."""
    if write.owner.files is None:
        yield from folders.get(write.path, ())
        yield from below.get(write.path, ())
    else:
        yield from files.get(write.path, ())
    for parent in _parents(write.path):
        yield from folders.get(parent, ())


def _parents(path: str) -> Iterator[str]:
    """Yield the folders around a path, the nearest first, the root last."""
    while path:
        path = path.rpartition("/")[0]
        yield path


def _collision(one: _Write, other: _Write) -> Collision | None:
    first, second = one.owner, other.owner
    if (first.product, first.environment) == (second.product, second.environment):
        return None
    same_branch = first.branch == second.branch
    if not same_branch and DEFAULT_BRANCH not in (first.branch, second.branch):
        return None
    best, paths = Overlap.NO, None
    for left in one.json_paths:
        for right in other.json_paths:
            met = overlap_of(left, right)
            if met is Overlap.YES or (met is Overlap.MAYBE and best is Overlap.NO):
                best, paths = met, (left, right)
            if best is Overlap.YES:
                break
        if best is Overlap.YES:
            break
    if paths is None:
        return None
    whole = WHOLE_FILE in paths
    return Collision(first, second, _place(one, other), None if whole else paths, best is Overlap.YES and same_branch)


def _place(one: _Write, other: _Write) -> str:
    """Return what both write: the file, or the inner one of two folders."""
    for write, another in ((one, other), (other, one)):
        if write.owner.files is not None and (another.owner.files is None or write.path == another.path):
            return write.path
    return f"{max(one.path, other.path, key=len)}/"
