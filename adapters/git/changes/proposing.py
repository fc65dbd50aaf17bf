"""Pull requests where no server knows them: a branch that somebody merges, or removes.

That it was proposed is remembered in the repository itself, by a reference beside the branches, so that a branch that
somebody removed is not proposed again by whoever asks next. It stays, and keeps the proposed commit.
"""

from __future__ import annotations

import hashlib

from adapters.git.changes.branch import Foreign, NothingToPush, Pushed, ensure_branch, proposed_reference, remove_branch
from adapters.git.changes.landing import Patience
from adapters.git.changes.lookup import effects
from adapters.git.changes.merged import brought_by, contains, values_since
from adapters.git.changes.workshop import Workshop, branch_of, head_of, require_head
from adapters.git.pushing import Moved
from adapters.git.upstream import Upstream
from engine.execute.errors import RetryableError, TerminalError
from engine.execute.ports import Change, Declined, Landed, Proposed

MARKS = "refs/promo/proposed/"
"""Where it is remembered that a change was proposed."""


def mark_of(change: Change) -> str:
    """Return the reference that remembers that a change was proposed."""
    return MARKS + hashlib.sha256(change.key.encode("utf-8", "surrogateescape")).hexdigest()[:40]


def propose(workshop: Workshop, change: Change, patience: Patience) -> Landed | Proposed | Declined:
    """Push the branch of a change unless it was pushed, and say how it stands.

    It is merged when the target's branch has a commit with the change's key, or all promoted values.

    Raises:
        AdapterError: when it cannot be done, now or ever.
        RepositoryError: when a repository cannot be read.
        UnreachableError: likewise.
        GitError: when Git fails locally.
        OSError: when there is no room for the commit.
    """
    for attempt in range(patience.attempts):
        upstream = workshop.repositories.upstream(change.target.repo_url)
        reference = branch_of(upstream, change.target.branch)
        head = require_head(upstream, reference)
        for sha in effects(upstream, change, head, change.target.head):
            return workshop.landed(upstream, brought_by(upstream, sha, head), sha)
        if head_of(upstream, proposed_reference(change)) is None and _marked(upstream, change):
            return _gone(workshop, change, upstream, head)
        outcome = ensure_branch(workshop, change, upstream, head, mark_of(change))
        answer = _answer(workshop, change, upstream, head, outcome)
        if answer is not None:
            return answer
        patience.pause(attempt)
    raise _overtaken(change, patience)


def withdraw(workshop: Workshop, change: Change, patience: Patience) -> Landed | None:
    """Remove the branch of a change, where only promo has pushed to it and it is not merged.

    Returns:
        Where the change is, if it has landed all the same: as a commit that nobody recorded, or merged.

    Raises:
        AdapterError: when the repository cannot be reached or refuses.
        RepositoryError: when it cannot be read.
        GitError: when Git fails locally.
        OSError: when there is no room to work in.
    """
    for attempt in range(patience.attempts):
        upstream = workshop.repositories.upstream(change.target.repo_url)
        head = head_of(upstream, branch_of(upstream, change.target.branch))
        there = next(iter(effects(upstream, change, head, change.target.head)), None) if head else None
        if remove_branch(change, upstream, head) is None:
            return workshop.landed(upstream, brought_by(upstream, there, head), there) if head and there else None
        patience.pause(attempt)
    raise _overtaken(change, patience)


def _answer(
    workshop: Workshop,
    change: Change,
    upstream: Upstream,
    head: str,
    outcome: Pushed | NothingToPush | Foreign | Moved,
) -> Landed | Proposed | Declined | None:
    """Return how the proposal stands; None when it has to be looked at again."""
    match outcome:
        case Pushed(tip=tip):
            if workshop.compute(change, upstream, head).writes:
                return _open(change)
            return _landed_otherwise(workshop, change, upstream, head, tip)
        case NothingToPush(tip=tip):
            return Landed(head, False) if tip is None else _landed_otherwise(workshop, change, upstream, head, tip)
        case Moved():
            return None
        case Foreign(tip=tip):
            return _foreign(workshop, change, upstream, head, tip)


def _open(change: Change) -> Proposed:
    into = change.target.branch
    return Proposed(change.proposed, f"waits until the branch `{change.proposed}` is merged into `{into}`")


def _gone(workshop: Workshop, change: Change, upstream: Upstream, head: str) -> Landed | Declined:
    """Return how a proposal stands that was made, and whose branch is not there any more."""
    if workshop.compute(change, upstream, head).writes:
        return Declined(change.proposed, f"the branch `{change.proposed}` was removed without being merged")
    return _landed_otherwise(workshop, change, upstream, head, head)


def _foreign(
    workshop: Workshop, change: Change, upstream: Upstream, head: str, tip: str
) -> Landed | Proposed | Declined:
    """Return how a proposal stands whose branch no longer holds its commit, if it ever did."""
    if _marked(upstream, change) is None:
        raise TerminalError(
            f"{upstream.repository.url} has a branch `{change.proposed}` that is not from this release",
            "remove or rename it, then retry",
        )
    if not workshop.compute(change, upstream, head).writes:
        return _landed_otherwise(workshop, change, upstream, head, head)
    if contains(upstream, head, tip):
        return Declined(change.proposed, f"the branch `{change.proposed}` was set back to what is in the target")
    return _open(change)


def _landed_otherwise(workshop: Workshop, change: Change, upstream: Upstream, head: str, effect: str) -> Landed:
    """Return the proposal as merged without its trailers: squashed, or made by hand."""
    commit = values_since(workshop, change, upstream, head)
    return workshop.landed(upstream, commit, commit if effect == head else effect)


def _marked(upstream: Upstream, change: Change) -> str | None:
    """Return the commit that was proposed, None where none was; cached copies do not have these references."""
    answer = upstream.git.run(
        upstream.location.folder, "ls-remote", "--quiet", "--end-of-options", upstream.address, mark_of(change)
    )
    return answer.decode("ascii", "replace").split("\t")[0] or None


def _overtaken(change: Change, patience: Patience) -> RetryableError:
    return RetryableError(
        f"others moved the branch `{change.proposed}` first, {patience.attempts} times in a row",
        "it is tried again later",
    )
