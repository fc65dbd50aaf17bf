"""Following a release: redrawn in place on a terminal, line by line everywhere else."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import click

from adapters.cli.exit_codes import ExitCode
from adapters.cli.release_events import all_events
from adapters.cli.release_views.printing import release_text
from adapters.cli.release_views.words import event_text
from adapters.releases.data import event_data
from engine.execute.release import Event, Release
from engine.execute.status import ReleaseStatus
from engine.execute.store import StoreUnavailableError

if TYPE_CHECKING:
    from adapters.store.store import ReleaseStore

_LOOK = 0.5
"""Seconds between two looks at a release when nothing wakes the follower."""

Enough = Callable[["ReleaseStore", Release], Awaitable[bool]]
"""Says whether a release has come far enough to stop following it."""


async def is_over(store: ReleaseStore, release: Release) -> bool:
    """Say whether a release has ended and nobody works on it any more: a request to retry it may lie there."""
    return release.status.is_final and await store.is_resting(release.id)


async def waits(store: ReleaseStore, release: Release) -> bool:
    """Say whether a release is over, or goes on only when somebody does something or time passes."""
    pausing = release.status.is_final or release.status is ReleaseStatus.SUSPENDED
    return pausing and await store.is_resting(release.id)


async def follow(
    store: ReleaseStore, reference: str, *, as_json: bool = False, enough: Enough = is_over, after: int = 0
) -> int:
    """Print what happens to a release until it is enough; return the exit code of how it stands then.

    Args:
        store: where it is.
        reference: its identifier, or its beginning.
        as_json: whether each event is a line of JSON.
        enough: when to stop.
        after: the number of the last event that needs not be told.
    """
    release = await store.load(reference)
    live = None if as_json or not sys.stdout.isatty() else _Live()
    seen, away = after, False
    try:
        while True:
            try:
                release = await store.load(release.id)
                # Read after the state, so that a release that is over has told its last line.
                events = await all_events(store, release.id, seen)
                done = await enough(store, release)
            except StoreUnavailableError as outage:
                if not away:
                    click.echo(f"note: the store of releases cannot be reached: {outage}; waiting for it", err=True)
                away = True
                await asyncio.sleep(_LOOK)
                continue
            if away:
                click.echo("note: the store of releases is there again", err=True)
                away = False
            seen = events[-1].id if events else seen
            if live is not None:
                live.show(release_text(release))
            else:
                for one in events:
                    _print_event(release, one.id, one.event, as_json=as_json)
            if done:
                return exit_code(release)
            await store.wait_for_wake(_LOOK)
    finally:
        if live is not None:
            live.stop()


def exit_code(release: Release) -> int:
    """Return what a command that carried a release on, or followed it, exits with."""
    if release.status in (ReleaseStatus.FAILED, ReleaseStatus.TERMINATED):
        return ExitCode.EXECUTION_FAILED
    return ExitCode.DONE


def _print_event(release: Release, number: int, event: Event, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(event_data(number, event)))
    else:
        click.echo(f"{event.at:%H:%M:%S}  {event_text(release, event)}")
    sys.stdout.flush()


class _Live:
    """A text that is redrawn where it stands; while it is longer than the terminal, its beginning."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.live import Live

        # Standard output stays what it is: rich's stand-in for it does not say which characters it can show.
        self._live = Live(
            console=Console(), auto_refresh=False, transient=True, vertical_overflow="ellipsis", redirect_stdout=False
        )
        self._live.start()
        self._text = ""

    def show(self, text: str) -> None:
        """Draw a text with ANSI colours in place of the one before."""
        from rich.text import Text

        if text != self._text:
            self._text = text
            self._live.update(Text.from_ansi(text), refresh=True)

    def stop(self) -> None:
        """Leave the whole of the last text where it was drawn."""
        self._live.stop()
        if self._text:
            click.echo(self._text)
