"""From `--commit REV` in a checkout to what the commit sets off."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from adapters.cli.output import fail
from adapters.git import AddressError, Checkout, GitRepositories, discover, normalise
from adapters.releases.commits import FoundCommit as FoundCommit
from adapters.releases.commits import read_commit
from engine.plan.ports import Repository, RepositoryError
from engine.plan.request import Surroundings
from engine.plan.triggered import unclear_applications
from grammar.render import printable


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
        same = _same_repository(checkout, repository, repositories)
        found = read_commit(surroundings, repository, same, sha)
    except RepositoryError as failed:
        fail(str(failed), failed.help)
    workspace, applications = surroundings.workspace, surroundings.applications
    for key, reason in unclear_applications(workspace, applications, same, found.paths):
        click.echo(f"note: the commit changes `{printable(key)}`, which starts nothing: {reason}", err=True)
    return found


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
