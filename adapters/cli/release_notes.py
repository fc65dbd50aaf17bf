"""`promo release notes`: what came with a release, read from the repository it was promoted from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from adapters.cli.declared_names import require_declared
from adapters.cli.exit_codes import ExitCode
from adapters.cli.output import fail
from adapters.cli.release_store import with_store
from adapters.cli.surroundings import open_repositories, parse_checkouts
from adapters.cli.workspace_option import open_workspace
from engine.execute.notes import ApplicationNotes, Note, notes_of
from engine.execute.release import Release
from engine.execute.spec import ReleaseSpec
from engine.execute.status import EnvironmentStatus
from engine.plan.ports import RepositoryError
from grammar.render import printable

if TYPE_CHECKING:
    from adapters.git import GitRepositories
    from adapters.store.store import ReleaseStore

_WITHOUT_EARLIER = 20
"""How many commits are shown where nobody knows what was promoted before."""

_MOST = 1_000
_PAGE = 100


def notes_command(
    folder: Path | None, reference: str, environment: str | None, checkouts: tuple[str, ...], form: str
) -> int:
    """Print the notes of a release since what was in one of its environments before."""
    loaded = open_workspace(folder)
    folders = parse_checkouts(checkouts)

    async def read(store: ReleaseStore) -> tuple[Release, str, Release | None]:
        release = await store.load(reference)
        where = environment or release.spec.environments[-1].name
        require_declared("environment", where, list(release.environments))
        return release, where, await _earlier(store, release, where)

    release, where, earlier = with_store(loaded, read)
    with open_repositories(loaded, folders, fetch=True) as repositories:
        try:
            found = [_notes(repositories, release, earlier)]
        except RepositoryError as failed:
            fail(str(failed), failed.help)
    click.echo(_json(release, where, earlier, found) if form == "json" else _markdown(release, where, earlier, found))
    return ExitCode.DONE


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


def _markdown(release: Release, environment: str, earlier: Release | None, found: list[ApplicationNotes]) -> str:
    version = f" {release.spec.version}" if release.spec.version else ""
    lines = [f"# {release.spec.product}{version}", ""]
    before = f"{earlier.spec.version or earlier.spec.commit.sha[:10]} (release {earlier.id})" if earlier else None
    lines.append(
        f"Since {before} in `{environment}`." if before else f"The first release known to reach `{environment}`."
    )
    for application in found:
        lines += ["", f"## {application.application}", ""]
        lines += [_line(note) for note in application.notes] or ["No commits changed it."]
        if not application.complete:
            lines += ["", f"Only the last {len(application.notes)}; there are more."]
        people = sorted({note.author for note in application.notes})
        if people:
            lines += ["", f"By {', '.join(people)}."]
    # Commits are written by anybody: what could control a terminal is escaped.
    return "\n".join(map(printable, lines))


def _line(note: Note) -> str:
    named = [issue for issue in note.issues if issue not in note.title]
    named += [f"#{pull}" for pull in note.pulls if f"#{pull}" not in note.title]
    more = f" ({', '.join(named)})" if named else ""
    return f"- {note.title}{more} — {note.author}, {note.sha[:10]}"


def _json(release: Release, environment: str, earlier: Release | None, found: list[ApplicationNotes]) -> str:
    data = {
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
    return json.dumps(data, indent=2)
