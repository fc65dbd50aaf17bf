"""What came with a release since the one before it in an environment, read from the repository."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.releases.names import declared_name
from engine.execute.notes import ApplicationNotes, notes_of
from engine.execute.release import Release
from engine.execute.spec import ReleaseSpec
from engine.execute.status import EnvironmentStatus

if TYPE_CHECKING:
    from adapters.git import GitRepositories
    from adapters.store.store import ReleaseStore

_WITHOUT_EARLIER = 20
"""How many commits are shown where nobody knows what was promoted before."""

_MOST = 1_000
_PAGE = 100


@dataclass(frozen=True, slots=True)
class ReleaseNotes:
    """What came with a release.

    Attributes:
        release: which.
        environment: where it is compared.
        earlier: the release before it there; None when none is known.
        applications: what came to each.
    """

    release: Release
    environment: str
    earlier: Release | None
    applications: tuple[ApplicationNotes, ...]


async def read_notes(
    store: ReleaseStore,
    reference: str,
    environment: str | None,
    repositories: Callable[[], AbstractContextManager[GitRepositories]],
) -> ReleaseNotes:
    """Read the notes of a release.

    Args:
        store: where it is.
        reference: its identifier, or its beginning.
        environment: where it is compared; None for the last it goes to.
        repositories: opens repositories, brought up to date.

    Raises:
        UnknownReleaseError, AmbiguousReleaseError: when the reference is not that of one release.
        UndeclaredError: when it does not go to the environment.
        RepositoryError: when its repository cannot be read.
    """
    release = await store.load(reference)
    where = environment or release.spec.environments[-1].name
    declared_name("environment", where, list(release.environments))
    earlier = await _earlier(store, release, where)

    def read() -> ApplicationNotes:
        with repositories() as opened:
            return _notes(opened, release, earlier)

    return ReleaseNotes(release, where, earlier, (await asyncio.to_thread(read),))


async def _earlier(store: ReleaseStore, release: Release, environment: str) -> Release | None:
    """Return the last release before this one that reached an environment, whatever became of it later."""
    before = release.id
    while lines := await store.list(product=release.spec.product, before=before, limit=_PAGE):
        for line in lines:
            found = await store.load(line.id)
            state = found.environments.get(environment)
            if state is not None and state.status is EnvironmentStatus.SUCCEEDED:
                return found
        before = lines[-1].id
    return None


def _notes(repositories: GitRepositories, release: Release, earlier: Release | None) -> ApplicationNotes:
    """Return what came to the application that is promoted from."""
    commit = release.spec.commit
    since = earlier.spec.commit.sha if earlier and earlier.spec.commit.application == commit.application else None
    repository = repositories.open(commit.repo_url)
    folder = _folder(release.spec)
    limit = _MOST if since else _WITHOUT_EARLIER
    commits = repository.log(since, commit.sha, folder, limit)
    complete = len(commits) < limit
    return ApplicationNotes(commit.application, since, commit.sha, notes_of(commits), complete)


def _folder(spec: ReleaseSpec) -> str:
    """Return the folder of the application that is promoted from."""
    for environment in spec.environments:
        for application in environment.applications:
            if application.target.key == spec.commit.application:
                return application.target.folder
            if application.source and application.source.application == spec.commit.application:
                return application.source.folder
    return ""


def notes_data(notes: ReleaseNotes) -> dict[str, object]:
    """Return notes as plain data for JSON."""
    release, environment, earlier, found = notes.release, notes.environment, notes.earlier, notes.applications
    return {
        "release": release.id,
        "product": release.spec.product,
        "version": release.spec.version,
        "environment": environment,
        "since": {"release": earlier.id, "version": earlier.spec.version} if earlier else None,
        "applications": [
            {
                "application": one.application,
                "since": one.since,
                "until": one.until,
                "complete": one.complete,
                "commits": [
                    {
                        "sha": note.sha,
                        "title": note.title,
                        "author": note.author,
                        "date": note.date,
                        "pull_requests": list(note.pulls),
                        "issues": list(note.issues),
                    }
                    for note in one.notes
                ],
            }
            for one in found
        ],
    }
