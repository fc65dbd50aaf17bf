"""What people ask of a release on the command line: checked to make sense and to be allowed, then left for it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from adapters.cli.actor import current_actor, require_access
from adapters.cli.exit_codes import ExitCode
from adapters.cli.output import fail
from adapters.cli.release_store import with_store
from adapters.cli.workspace_option import open_workspace
from adapters.releases.refusal import RefusedError
from adapters.releases.requests import deed_of, sensible
from engine.execute.release import Release
from engine.execute.store import Request, Wish

if TYPE_CHECKING:
    from adapters.store.store import ReleaseStore


def ask(
    folder: Path | None, reference: str, wish: Wish, person: str | None, reason: str, environment: str | None
) -> int:
    """Leave a request for whoever carries a release on.

    Args:
        folder: what ``-C`` gave.
        reference: the release's identifier, or its beginning.
        wish: what is asked.
        person: what ``--as`` gave.
        reason: why, for the audit trail.
        environment: for an approval, where; None for the only one that waits.
    """
    loaded = open_workspace(folder)
    actor = current_actor(person, loaded.configuration.teams)

    async def leave(store: ReleaseStore) -> Release:
        release = await store.load(reference)
        try:
            where = sensible(release, wish, environment)
        except RefusedError as refused:
            fail(refused.reason, refused.help)
        require_access(loaded.workspace, actor, deed_of(release, wish, where))
        request = Request(0, wish, actor.name, datetime.now(UTC), where or "", actor.teams, reason)
        await store.ask(release.id, request)
        return release

    release = with_store(loaded, leave)
    click.echo(f"asked to {wish.value} release {release.id} of `{release.spec.product}` as {actor.name}", err=True)
    click.echo(f"  = help: it is taken up by `promo serve`, or by: promo run --resume {release.id}", err=True)
    return ExitCode.DONE
