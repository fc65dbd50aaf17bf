"""`promo release notes`: what came with a release, read from the repository it was promoted from."""

from __future__ import annotations

import json
from collections.abc import Awaitable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from adapters.cli.exit_codes import ExitCode
from adapters.cli.output import fail
from adapters.cli.release_store import with_store
from adapters.cli.surroundings import open_repositories, parse_checkouts
from adapters.cli.workspace_option import open_workspace
from adapters.releases.names import UndeclaredError
from adapters.releases.notes import ReleaseNotes, notes_data, read_notes
from engine.execute.notes import Note
from engine.plan.ports import RepositoryError
from grammar.render import printable

if TYPE_CHECKING:
    from adapters.store.store import ReleaseStore


def notes_command(
    folder: Path | None, reference: str, environment: str | None, checkouts: tuple[str, ...], form: str
) -> int:
    """Print the notes of a release since what was in one of its environments before."""
    loaded = open_workspace(folder)
    folders = parse_checkouts(checkouts)

    def read(store: ReleaseStore) -> Awaitable[ReleaseNotes]:
        return read_notes(store, reference, environment, lambda: open_repositories(loaded, folders, fetch=True))

    try:
        found = with_store(loaded, read)
    except UndeclaredError as unknown:
        fail(unknown.reason, unknown.help)
    except RepositoryError as failed:
        fail(str(failed), failed.help)
    click.echo(json.dumps(notes_data(found), indent=2) if form == "json" else _markdown(found))
    return ExitCode.DONE


def _markdown(notes: ReleaseNotes) -> str:
    release, environment, earlier, found = notes.release, notes.environment, notes.earlier, notes.applications
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
