"""`promo release`: see releases, and ask something of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from adapters.cli.documented import DocumentedGroup
from adapters.cli.exit_codes import ExitCode
from adapters.cli.release_store import with_store
from adapters.cli.workspace_option import open_workspace, workspace_option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.store.listing import ReleaseLine
    from adapters.store.store import ReleaseStore
    from engine.execute.release import Release

_ONE = click.argument("release", metavar="RELEASE")
_AS = click.option("--as", "person", metavar="NAME", help="Who you are; otherwise PROMO_ACTOR, or Git's address.")
_WHY = click.option("-m", "--reason", default="", metavar="TEXT", help="Why, for the audit trail.")
_FORMAT = click.option("--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True)


@click.group("release", cls=DocumentedGroup, short_help="See releases, and approve, retry or terminate them.")
def command() -> None:
    """See releases, and ask something of them.

    A release is named by its identifier, or the beginning of it.
    """


@command.command("list", short_help="List releases, the newest first.")
@workspace_option
@click.option("-p", "--product", metavar="NAME", help="Only those of this product.")
@click.option("--status", "statuses", multiple=True, metavar="STATUS", help="Only those in this state; repeatable.")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="How many at most.")
@click.option("--before", metavar="RELEASE", help="Only those older than this one.")
@_FORMAT
def list_(
    folder: Path | None, product: str | None, statuses: tuple[str, ...], limit: int, before: str | None, form: str
) -> int:
    """List releases, the newest first.

    \b
    Examples:
      promo release list
      promo release list --product storefront --status failed

    Exit codes: 0 done, 2 invalid input.
    """
    from adapters.cli.declared_names import require_declared
    from adapters.cli.release_views.listing import list_data, list_text
    from engine.execute.status import ReleaseStatus

    for status in statuses:
        require_declared("status", status, [one.value for one in ReleaseStatus])
    wanted = [ReleaseStatus(status) for status in statuses]
    loaded = open_workspace(folder)

    async def read(store: ReleaseStore) -> Sequence[ReleaseLine]:
        # A product that is not declared any more may still have releases.
        if product is not None and not await store.list(product=product, limit=1):
            require_declared("product", product, loaded.workspace.products)
        return await store.list(product=product, statuses=wanted, limit=limit, before=before)

    lines = with_store(loaded, read)
    click.echo(json.dumps(list_data(lines), indent=2) if form == "json" else list_text(lines))
    return ExitCode.DONE


@command.command("show", short_help="Show where a release stands, step by step.")
@workspace_option
@_ONE
@click.option("--events", is_flag=True, help="Show its audit trail too: who did what, when and why.")
@_FORMAT
def show(folder: Path | None, release: str, events: bool, form: str) -> int:
    """Show where a release stands, step by step, and what somebody can do.

    \b
    Examples:
      promo release show 06f0h50
      promo release show 06f0h50 --events --format json

    Exit codes: 0 done, 2 there is no such release.
    """
    from adapters.cli.release_events import all_events
    from adapters.cli.release_views.printing import release_text
    from adapters.cli.release_views.words import event_text
    from adapters.releases.data import event_data, release_data
    from adapters.store.listing import RecordedEvent

    async def read(store: ReleaseStore) -> tuple[Release, list[RecordedEvent]]:
        found = await store.load(release)
        return found, await all_events(store, found.id) if events else []

    found, trail = with_store(open_workspace(folder), read)
    if form == "json":
        data = release_data(found)
        if events:
            data["events"] = [event_data(one.id, one.event) for one in trail]
        click.echo(json.dumps(data, indent=2))
        return ExitCode.DONE
    click.echo(release_text(found))
    if trail:
        click.echo()
    for one in trail:
        click.echo(f"{one.event.at:%Y-%m-%d %H:%M:%S}  {event_text(found, one.event)}")
    return ExitCode.DONE


@command.command("watch", short_help="Follow a release until it ends.")
@workspace_option
@_ONE
@_FORMAT
def watch(folder: Path | None, release: str, form: str) -> int:
    """Follow a release until it ends. It is carried on by `promo serve` or `promo run`, not by this.

    \b
    Examples:
      promo release watch 06f0h50

    Exit codes: 0 it succeeded, 4 it failed or was terminated, 130 you stopped watching.
    """
    from adapters.cli.release_follow import follow

    return with_store(open_workspace(folder), lambda store: follow(store, release, as_json=form == "json"))


@command.command("approve", short_help="Let a release into an environment.")
@workspace_option
@_ONE
@click.option("-e", "--environment", metavar="NAME", help="Which; otherwise the only one that waits for approval.")
@_AS
@_WHY
def approve(folder: Path | None, release: str, environment: str | None, person: str | None, reason: str) -> int:
    """Let a release into an environment that asks for approvals. Somebody who approves twice counts once.

    \b
    Examples:
      promo release approve 06f0h50
      promo release approve 06f0h50 --environment prod --as ada@example.com -m "checked the dashboard"

    Exit codes: 0 asked, 2 it makes no sense or is not allowed.
    """
    from adapters.cli.release_requests import ask
    from engine.execute.store import Wish

    return ask(folder, release, Wish.APPROVE, person, reason, environment)


@command.command("retry", short_help="Continue a failed release from where it failed.")
@workspace_option
@_ONE
@_AS
@_WHY
def retry(folder: Path | None, release: str, person: str | None, reason: str) -> int:
    """Continue a failed release from where it failed. Nothing that succeeded is repeated.

    \b
    Examples:
      promo release retry 06f0h50 -m "the registry is back"

    Exit codes: 0 asked, 2 it makes no sense or is not allowed.
    """
    from adapters.cli.release_requests import ask
    from engine.execute.store import Wish

    return ask(folder, release, Wish.RETRY, person, reason, None)


@command.command("terminate", short_help="End a release: nothing new begins, what runs is ended.")
@workspace_option
@_ONE
@_AS
@_WHY
def terminate(folder: Path | None, release: str, person: str | None, reason: str) -> int:
    """End a release: nothing new begins, workflows that run are ended, open pull requests are closed.

    What was committed stays; failure hooks are run.

    \b
    Examples:
      promo release terminate 06f0h50 -m "wrong version"

    Exit codes: 0 asked, 2 it makes no sense or is not allowed.
    """
    from adapters.cli.release_requests import ask
    from engine.execute.store import Wish

    return ask(folder, release, Wish.TERMINATE, person, reason, None)


@command.command("notes", short_help="Show what came with a release: commits, authors, issues.")
@workspace_option
@_ONE
@click.option("-e", "--environment", metavar="NAME", help="Since what was there before; otherwise the last one.")
@click.option("--checkout", "checkouts", multiple=True, metavar="URL=PATH", help="Read a repository from a folder.")
@click.option("--format", "form", type=click.Choice(("markdown", "json")), default="markdown", show_default=True)
def notes(folder: Path | None, release: str, environment: str | None, checkouts: tuple[str, ...], form: str) -> int:
    """Show what came with a release: every commit since the version that was promoted before.

    \b
    Examples:
      promo release notes 06f0h50
      promo release notes 06f0h50 --environment prod --format json

    Exit codes: 0 done, 2 there is no such release, or its repository cannot be read.
    """
    from adapters.cli.release_notes import notes_command

    return notes_command(folder, release, environment, checkouts, form)
