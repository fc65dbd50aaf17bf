"""Finds the commits of an effect by their trailers, as Git itself reads trailers."""

from __future__ import annotations

from adapters.git.changes.message import RELEASE, STEP, one_line
from adapters.git.upstream import Upstream
from engine.execute.ports import Change

LAST = 1_000
"""How many commits are looked through where it is not known since when."""

_FORMAT = "%x01".join(["%H", *(f"%(trailers:key={name},valueonly,unfold,separator=%x02)" for name in (STEP, RELEASE))])


def effects(upstream: Upstream, change: Change, tip: str, since: str) -> tuple[str, ...]:
    """Return the commits that are the effect of a change, the newest first.

    Only the trailer block at the end of a message counts, not a key that is quoted in its text. The key holds the
    release's identifier, which nobody knows before the release exists; a commit without the release's own trailer does
    not count either. Costs one process.

    Args:
        upstream: the repository.
        change: the effect that is looked for.
        tip: where to look: this commit and its ancestors.
        since: but not this one and its ancestors; where it is empty or unknown, the last `LAST` commits.

    Raises:
        GitError: when the history cannot be read.
        RepositoryError: likewise.
    """
    if tip == since:
        return ()
    key, release = one_line(change.key), one_line(change.release)
    limits = [f"--max-count={LAST}"]
    if since and upstream.repository.resolve(since) == since:
        # Commits that only quote the key are few; the walk itself ends where the release began.
        limits = ["--fixed-strings", f"--grep={STEP}: {key}", f"^{since}"]
    answer = upstream.git.run(
        upstream.location.folder,
        *("-c", "trailer.separators=:", "-c", "log.showSignature=false"),
        *("log", "-z", "--no-patch", "--encoding=UTF-8", f"--format=tformat:{_FORMAT}"),
        *(limit for limit in limits if limit.startswith("-")),
        "--end-of-options",
        tip,
        *(limit for limit in limits if limit.startswith("^")),
        "--",
    ).decode("utf-8", "replace")
    found: list[str] = []
    for row in answer.split("\0"):
        sha, *values = row.strip("\n").split("\x01")
        if len(values) == 2 and key in values[0].split("\x02") and release in values[1].split("\x02"):
            found.append(sha)
    return tuple(found)
