"""Which of an application's sources is the one that a release changes."""

from __future__ import annotations

import posixpath

from adapters.argocd.seen import SourceSeen
from adapters.git.address import AddressError, normalise
from engine.execute.spec import TargetSpec


def index_of(sources: tuple[SourceSeen, ...], target: TargetSpec) -> int | None:
    """Return the position of the source that a target names; None where there is none.

    The repository has to be the same, however it is spelt. Among several of them the folder decides, then a source
    that is only referred to, then the branch: revisions are the same for every source of one repository and branch.
    """
    same = [place for place, one in enumerate(sources) if not one.chart and _same(one.repo_url, target.repo_url)]
    ways = (
        lambda one: bool(one.path) and folder_of(one.path) == target.folder and one.revision == target.branch,
        lambda one: bool(one.path) and folder_of(one.path) == target.folder,
        lambda one: not one.path and one.revision == target.branch,
        lambda one: one.revision == target.branch,
        lambda one: not one.path,
    )
    for fits in ways:
        for place in same:
            if fits(sources[place]):
                return place
    return None


def folder_of(path: str) -> str:
    """Return a source's path without slashes at its ends; empty for the root."""
    folder = posixpath.normpath(path.strip("/") or ".")
    return "" if folder == "." else folder


def _same(one: str, other: str) -> bool:
    if one == other:
        return True
    try:
        return normalise(one) == normalise(other)
    except AddressError:
        return False
