"""What a commit sets off: read from its repository, asked of the workspace."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from engine.plan.own_merges import merges_promotion
from engine.plan.ports import CommitInfo, Repository
from engine.plan.request import Surroundings
from engine.plan.triggered import Triggered, touched_applications, triggered_by
from engine.resolve import CommitFacts


@dataclass(frozen=True, slots=True)
class FoundCommit:
    """A commit and what it sets off.

    Attributes:
        sha: its object name.
        commit: its record.
        facts: what flow conditions see of it.
        paths: the files it changed, sorted.
        triggered: by product, sorted.
    """

    sha: str
    commit: CommitInfo
    facts: CommitFacts
    paths: tuple[str, ...]
    triggered: tuple[Triggered, ...]


def read_commit(
    surroundings: Surroundings, repository: Repository, same_repository: Callable[[str], bool], sha: str
) -> FoundCommit:
    """Return a commit and what it sets off.

    Args:
        surroundings: the workspace.
        repository: the commit's.
        same_repository: whether an application's ``repoURL`` is that repository.
        sha: the commit.

    Raises:
        RepositoryError: when the repository cannot be read.
    """
    commit = repository.commit(sha)
    branches, tags = repository.branches_with(sha), repository.tags_at(sha)
    paths = repository.changed_paths(sha)
    facts = CommitFacts(
        message=commit.message,
        author=f"{commit.author} <{commit.email}>",
        branches=branches,
        tags=tags,
        sha=sha,
        promoted=merges_promotion(repository, commit),
    )
    touched = touched_applications(
        surroundings.workspace,
        surroundings.applications,
        same_repository,
        branches,
        paths,
        on_head=_on_head(repository, branches),
    )
    return FoundCommit(sha, commit, facts, paths, triggered_by(surroundings.workspace, touched, facts))


def _on_head(repository: Repository, branches: tuple[str, ...]) -> bool:
    """Say whether `HEAD` can contain a commit: every branch that contains `HEAD` then contains the commit as well.

    A pipeline's `HEAD` is often on no branch at all, and then holds what it was asked to build.
    """
    head = repository.resolve("HEAD")
    return head is None or set(repository.branches_with(head)) <= set(branches)
