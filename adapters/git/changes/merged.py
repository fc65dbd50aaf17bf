"""How a proposal came onto the target's branch: merged, fast-forwarded, squashed or made again by hand."""

from __future__ import annotations

import posixpath

from adapters.git.changes.workshop import Workshop
from adapters.git.failure import GitError
from adapters.git.upstream import Upstream
from engine.execute.errors import TerminalError
from engine.execute.ports import Change

SEARCHED = 100
"""How many commits of the target are asked whether they brought the values."""


def brought_by(upstream: Upstream, sha: str, head: str) -> str:
    """Return the commit on the first-parent chain of a branch that brought another commit onto it.

    Args:
        upstream: the repository.
        sha: a commit that the branch contains.
        head: where the branch stands.

    Returns:
        The merge, or the commit itself where it is on the chain.

    Raises:
        GitError: when the history cannot be read.
        RepositoryError: likewise.
    """
    git, folder = upstream.git, upstream.location.folder
    limits = ("--end-of-options", head, f"^{sha}", "--")
    chain = git.run(folder, "rev-list", "--first-parent", *limits).decode("ascii").split()
    if not chain or sha in upstream.repository.commit(chain[-1]).parents[:1]:
        return sha
    after = set(git.run(folder, "rev-list", "--ancestry-path", *limits).decode("ascii").split())
    merges = [commit for commit in chain if commit in after]
    return merges[-1] if merges else head


def values_since(workshop: Workshop, change: Change, upstream: Upstream, head: str) -> str:
    """Return the commit on the target's first-parent chain since which all promoted values stand there.

    Args:
        workshop: computes what a change would write.
        change: the change, of which nothing is left to be done at ``head``.
        upstream: the target's repository.
        head: where the target's branch stands.

    Returns:
        ``head`` itself where it is none of the last `SEARCHED` that touched the files.

    Raises:
        GitError: when the history cannot be read.
        RepositoryError: likewise.
    """
    target = change.target
    files = [""] if change.source.files is None else [file.file for file in change.source.files]
    paths = [posixpath.normpath(posixpath.join(target.folder, file)) for file in files]
    since = [f"^{target.head}"] if target.head and upstream.repository.resolve(target.head) == target.head else []
    answer = upstream.git.run(
        upstream.location.folder,
        *("rev-list", "--first-parent", f"--max-count={SEARCHED}", "--end-of-options", head, *since, "--", *paths),
    )
    for sha in answer.decode("ascii").split():
        parents = upstream.repository.commit(sha).parents
        if not parents or _differs(workshop, change, upstream, parents[0]):
            return sha
    return head


def _differs(workshop: Workshop, change: Change, upstream: Upstream, sha: str) -> bool:
    try:
        return bool(workshop.compute(change, upstream, sha).writes)
    except TerminalError:
        return True  # the edit could not have been made there, so its values did not stand there


def contains(upstream: Upstream, head: str, sha: str) -> bool:
    """Say whether a commit is another one or has it among its ancestors.

    Raises:
        GitError: when the history cannot be read.
    """
    finished = upstream.git.finish(
        upstream.location.folder, "merge-base", "--is-ancestor", "--end-of-options", sha, head
    )
    if finished.returncode > 1:
        raise GitError(finished.returncode, finished.complaint)
    return finished.returncode == 0
