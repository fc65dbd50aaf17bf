"""From `--commit REV` in a checkout to what the commit sets off."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click

from adapters.cli.output import fail
from adapters.git import AddressError, Checkout, GitRepositories, discover, normalise
from engine.plan.ports import CommitInfo, Repository, RepositoryError
from engine.plan.request import Surroundings
from engine.plan.triggered import Triggered, touched_applications, triggered_by, unclear_applications
from engine.resolve import CommitFacts
from grammar.render import printable


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


def find_commit(
    surroundings: Surroundings, repositories: GitRepositories, revision: str, folder: Path | None
) -> FoundCommit:
    """Find a commit in a checkout and what it sets off.

    Args:
        surroundings: the workspace.
        repositories: reads Git.
        revision: anything Git resolves.
        folder: a folder in the checkout; None for the current one.

    Applications of several sources that the commit changed are noted on standard error. Exits with `INVALID`
    when there is no checkout or no such commit.
    """
    try:
        checkout = discover(folder or Path.cwd())
        repository = repositories.open(str(checkout.top))
        sha = repository.resolve(revision)
        if sha is None:
            fail(
                f"there is no commit `{revision}` in {checkout.top}",
                "name a branch, a tag or a commit; or say --repo DIR",
            )
        commit = repository.commit(sha)
        branches, tags = repository.branches_with(sha), repository.tags_at(sha)
        paths = repository.changed_paths(sha)
        on_head = _on_head(repository, branches)
    except RepositoryError as failed:
        fail(str(failed), failed.help)
    facts = CommitFacts(
        message=commit.message,
        author=f"{commit.author} <{commit.email}>",
        branches=branches,
        tags=tags,
        sha=sha,
    )
    workspace, applications = surroundings.workspace, surroundings.applications
    same = _same_repository(checkout, repository, repositories)
    touched = touched_applications(workspace, applications, same, branches, paths, on_head=on_head)
    for key, reason in unclear_applications(workspace, applications, same, paths):
        click.echo(f"note: the commit changes `{printable(key)}`, which starts nothing: {reason}", err=True)
    return FoundCommit(sha, commit, facts, paths, triggered_by(surroundings.workspace, touched, facts))


def _on_head(repository: Repository, branches: tuple[str, ...]) -> bool:
    """Say whether `HEAD` can contain a commit: every branch that contains `HEAD` then contains the commit as well.

    A pipeline's `HEAD` is often on no branch at all, and then holds what it was asked to build.
    """
    head = repository.resolve("HEAD")
    return head is None or set(repository.branches_with(head)) <= set(branches)


def _same_repository(
    checkout: Checkout, repository: Repository, repositories: GitRepositories
) -> Callable[[str], bool]:
    """Return a test whether an application's ``repoURL`` is the checkout's repository.

    It is when it is the address of the checkout's remote, or is read from this very repository.
    """
    own = normalise(checkout.remote) if checkout.remote is not None else None

    def same(url: str) -> bool:
        try:
            if own is not None and normalise(url) == own:
                return True
            return repositories.is_local(url) and repositories.open(url) is repository
        except (AddressError, RepositoryError):
            # An application whose repository cannot be read cannot have been touched by this commit.
            return False

    return same
