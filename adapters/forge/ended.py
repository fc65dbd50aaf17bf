"""A change whose pull request is not open any more: where it landed, or why it did not."""

from __future__ import annotations

from adapters.forge.change_in_git import ChangeInGit
from adapters.forge.port import Pull
from adapters.git.changes.merged import contains
from adapters.git.changes.workshop import require_head
from engine.execute.errors import RetryableError
from engine.execute.ports import Declined, Landed

_SOON = 3.0
"""Seconds until a merge is looked for again that Git does not show."""


def merged(git: ChangeInGit, pull: Pull, base: str) -> Landed | Declined:
    """Say where a change is whose pull request was merged.

    Args:
        git: knows how the change stands in Git.
        pull: the pull request.
        base: the branch that it must have been merged into.

    Raises:
        RetryableError: when the branch does not have it, for now.
        RepositoryError: when the repository cannot be read.
    """
    if pull.base != base:
        return Declined(pull.url, f"it was merged into `{pull.base}` instead of `{base}`")
    upstream, reference = git.upstream()
    head = require_head(upstream, reference)
    known = pull.landed if pull.landed and upstream.repository.resolve(pull.landed) == pull.landed else ""
    if known and contains(upstream, head, known):
        return git.workshop.landed(upstream, known, known)
    landed = git.landed(upstream, head)
    if landed is not None:
        return landed
    if not git.workshop.compute(git.change, upstream, head).writes:
        return git.otherwise(upstream, head)
    raise RetryableError(
        f"{pull.url} is merged, but `{pull.base}` does not have {pull.landed or 'its commit'}",
        "push it again where somebody has set the branch back",
        after=_SOON,
    )


def closed(git: ChangeInGit, pull: Pull) -> Landed | Declined:
    """Say where a change is whose pull request was closed: it, or its values, may be in the branch all the same.

    Args:
        git: knows how the change stands in Git.
        pull: the pull request.

    Raises:
        RepositoryError: when the repository cannot be read.
    """
    upstream, reference = git.upstream()
    head = require_head(upstream, reference)
    landed = git.landed(upstream, head)
    if landed is not None:
        return landed
    if not git.workshop.compute(git.change, upstream, head).writes:
        return git.otherwise(upstream, head)
    who = f" by {pull.closed_by}" if pull.closed_by else ""
    when = f" at {pull.closed_at}" if pull.closed_at else ""
    return Declined(pull.url, f"closed{who}{when} without being merged")
