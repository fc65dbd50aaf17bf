"""What people ask of a release on the command line: checked to make sense and to be allowed, then left for it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from adapters.cli.actor import current_actor, require_access
from adapters.cli.declared_names import require_declared
from adapters.cli.exit_codes import ExitCode
from adapters.cli.output import fail
from adapters.cli.release_store import with_store
from adapters.cli.workspace_option import open_workspace
from engine.execute.access import Deed
from engine.execute.release import Release
from engine.execute.status import EnvironmentStatus, ReleaseStatus
from engine.execute.store import Request, Wish
from engine.model.entities import Permission

if TYPE_CHECKING:
    from adapters.store.store import ReleaseStore

_PERMISSIONS = {
    Wish.APPROVE: Permission.APPROVE,
    Wish.RETRY: Permission.RETRY,
    Wish.TERMINATE: Permission.TERMINATE,
}


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
        where = sensible(release, wish, environment)
        require_access(loaded.workspace, actor, deed_of(release, wish, where))
        request = Request(0, wish, actor.name, datetime.now(UTC), where or "", actor.teams, reason)
        await store.ask(release.id, request)
        return release

    release = with_store(loaded, leave)
    click.echo(f"asked to {wish.value} release {release.id} of `{release.spec.product}` as {actor.name}", err=True)
    click.echo(f"  = help: it is taken up by `promo serve`, or by: promo run --resume {release.id}", err=True)
    return ExitCode.DONE


def deed_of(release: Release, wish: Wish, environment: str | None) -> Deed:
    """Return what access rules are asked about: one environment for an approval, otherwise all it goes to."""
    targets = tuple(one.name for one in release.spec.environments if not one.is_trigger)
    where = targets if environment is None else (environment,)
    return Deed(_PERMISSIONS[wish], release.spec.product, where, release.spec.flow)


def sensible(release: Release, wish: Wish, environment: str | None) -> str | None:
    """Refuse what cannot be meant; return the environment of an approval, None for other wishes."""
    status = release.status
    match wish:
        case Wish.RETRY:
            if status is not ReleaseStatus.FAILED:
                fail(f"release {release.id} is {status.value}; only one that failed can be retried")
            return None
        case Wish.TERMINATE:
            if status.is_final or status is ReleaseStatus.TERMINATING:
                fail(f"release {release.id} is {status.value} already")
            return None
        case Wish.APPROVE:
            if status.is_final:
                fail(f"release {release.id} is {status.value} already")
            return _to_approve(release, environment)


def _to_approve(release: Release, environment: str | None) -> str:
    asking = [one.name for one in release.spec.environments if one.gates.approvals]
    if environment is not None:
        require_declared("environment", environment, list(release.environments))
        if environment not in asking:
            fail(f"`{environment}` asks for no approvals")
        return environment
    ahead = [name for name in asking if release.environments[name].started_at is None]
    waiting = [name for name in ahead if release.environments[name].status is EnvironmentStatus.SUSPENDED]
    chosen = waiting or ahead
    if not chosen:
        fail(f"no environment of release {release.id} waits for approval")
    if len(chosen) > 1:
        fail(
            f"{len(chosen)} environments of release {release.id} wait for approval",
            f"say which, e.g. --environment {chosen[0]}",
        )
    return chosen[0]
