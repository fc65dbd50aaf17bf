"""Pushing as compare-and-swap: a branch moves only from where it was seen."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from adapters.git.failure import GitError
from adapters.git.refusal import is_contention, refused, unreachable
from adapters.git.upstream import Upstream

_QUIET = (
    "-c",
    "push.gpgSign=false",
    "-c",
    "push.followTags=false",
    "-c",
    "push.recurseSubmodules=no",
    "-c",
    "push.autoSetupRemote=false",
    "-c",
    "push.useForceIfIncludes=false",
)


@dataclass(frozen=True, slots=True)
class RefUpdate:
    """What becomes of one reference.

    Attributes:
        name: its full name.
        seen: the object it must still have; empty when it must not exist.
        new: the object it gets; empty to remove it.
    """

    name: str
    seen: str
    new: str


@dataclass(frozen=True, slots=True)
class Moved:
    """Somebody else moved a reference first; nothing was pushed.

    Attributes:
        names: the references that were not as expected.
        reason: what Git said.
    """

    names: tuple[str, ...]
    reason: str


def push(upstream: Upstream, folder: Path, updates: Sequence[RefUpdate]) -> Moved | None:
    """Push references together: all of them move or none does.

    The repository's own receiving hooks run; no hook of this side does.

    Args:
        upstream: where to.
        folder: a repository that has or sees the new objects.
        updates: what to move.

    Returns:
        None when everything was moved; `Moved` when somebody else was quicker.

    Raises:
        AdapterError: when the repository cannot be reached or refuses.
    """
    leases = [f"--force-with-lease={update.name}:{update.seen}" for update in updates]
    options = ["--porcelain", *(["--atomic"] if len(updates) > 1 else [])]
    refspecs = [f"{update.new}:{update.name}" for update in updates]
    shown = upstream.repository.url
    try:
        finished = upstream.git.finish(
            folder, *_QUIET, "push", *options, *leases, "--end-of-options", upstream.address, *refspecs
        )
    except GitError as failure:
        raise unreachable(shown, failure) from failure
    if finished.returncode == 0:
        return None
    problems = _problems(os.fsdecode(finished.output))
    if not problems:
        raise unreachable(shown, GitError(finished.returncode, finished.complaint))
    telling = {name: reason for name, reason in problems.items() if "atomic push fail" not in reason} or problems
    for name, reason in telling.items():
        if not is_contention(reason):
            raise refused(shown, name.removeprefix("refs/heads/"), reason, finished.complaint)
    return Moved(tuple(telling), "; ".join(telling.values()))


def _problems(answer: str) -> dict[str, str]:
    """Return why references were refused, by name, from what ``git push --porcelain`` writes."""
    found: dict[str, str] = {}
    for line in answer.splitlines():
        flag, tab, rest = line.partition("\t")
        if flag.strip() == "!" and tab:
            names, _, summary = rest.partition("\t")
            _, opening, reason = summary.rpartition("(")
            found[names.rpartition(":")[2]] = reason.removesuffix(")") if opening else summary
    return found
