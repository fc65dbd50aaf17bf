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
        Sorted by the applications' keys. Cost: O(files), times those different ones that write the same file and
        do not certainly collide.
    """
    by_repository: dict[str, list[WriteSet]] = {}
    for found in sorted(write_sets, key=lambda one: one.application):
        by_repository.setdefault(found.repository, []).append(found)
    collided = [hit for group in by_repository.values() if len(group) > 1 for hit in _in_repository(group)]
    return tuple(sorted(collided, key=lambda hit: (hit.second.application, hit.first.application)))


def _in_repository(group: Iterable[WriteSet]) -> Iterator[Collision]:
    """Yield for each application the first collision with an earlier one, a certain one before others."""
    places = _Places()
    for found in group:
        hit: Collision | None = None
        for write in _writes(found):
            for other in places.rivals(write):
                met = _collision(other, write)
                if met is not None and (hit is None or (met.certain and not hit.certain)):
                    hit = met
                if hit is not None and hit.certain:
                    break
        if hit is not None:
            yield hit
        for write in _writes(found):
            places.add(write)


def _writes(found: WriteSet) -> Iterator[_Write]:
    if found.files is None:
        yield _Write(found, found.folder, _EVERY_FILE)
    else:
        for path, json_paths in found.files:
            yield _Write(found, path, json_paths)


class _Places:
    """Writes by the file, by the folder, and by the folders around them.

    Of writes that meet the same others (those of one product into one environment, say) the first one stands for all.
    """

    def __init__(self) -> None:
        self._files: _ByPath = {}
        self._folders: _ByPath = {}
        self._below: _ByPath = {}

    def add(self, write: _Write) -> None:
        owner = write.owner
        alike = (owner.product, owner.environment, owner.branch, write.path, write.json_paths)
        by_path = self._folders if owner.files is None else self._files
        by_path.setdefault(write.path, {}).setdefault(alike, write)
        for parent in _parents(write.path):
            self._below.setdefault(parent, {}).setdefault(alike, write)

    def rivals(self, write: _Write) -> Iterator[_Write]:
        """Yield earlier writes of the same file, of a folder around it, and, for a folder, of what is in it."""
        if write.owner.files is None:
            yield from self._folders.get(write.path, {}).values()
            yield from self._below.get(write.path, {}).values()
        else:
            yield from self._files.get(write.path, {}).values()
        for parent in _parents(write.path):
            yield from self._folders.get(parent, {}).values()


_ByPath = dict[str, dict[tuple[object, ...], _Write]]


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
