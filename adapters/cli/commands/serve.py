"""`promo serve`: releases as a service."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from adapters.cli.documented import DocumentedCommand
from adapters.cli.exit_codes import ExitCode
from adapters.cli.output import fail
from adapters.cli.workspace_option import open_workspace, workspace_option

if TYPE_CHECKING:
    from adapters.service.threads import CallThreads
    from adapters.workspace import Loaded

_DEFAULT = "127.0.0.1:8421"


@click.command("serve", cls=DocumentedCommand, short_help="Run releases as a service: an API, webhooks, metrics.")
@workspace_option
@click.option("--listen", "address", metavar="HOST:PORT", default=_DEFAULT, show_default=True, help="Where to answer.")
@click.option(
    "--poll",
    metavar="DURATION",
    default="60s",
    show_default=True,
    help="How often repositories are looked at for commits that no webhook told of.",
)
@click.option(
    "--log-format", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to log."
)
def command(folder: Path | None, address: str, poll: str, log_format: str) -> int:
    """Carry releases on, start those that commits call for, and answer an API, webhooks and probes.

    Releases are kept in the workspace's store. Whatever ends this process, the next one goes on where it stopped. On
    SIGTERM or SIGINT it accepts nothing more, lets what it does come to an end, and exits with 0.

    \b
    Examples:
      promo serve
      promo serve --listen 0.0.0.0:8421 --log-format json
      promo serve --poll 10s

    Exit codes: 0 it was asked to end, 2 invalid input.
    """
    import asyncio

    from adapters.service.logs import configure_logs, known_secrets
    from adapters.service.threads import CALLS, OWN, CallThreads, leave

    host, port = _address(address)
    seconds = _duration(poll)
    loaded = open_workspace(folder, check_json_paths=True)
    configure_logs(log_format, known_secrets(loaded.configuration, loaded.folder))
    calls, own = CallThreads(CALLS, "promo-calls"), CallThreads(OWN, "promo-own")
    with suppress(KeyboardInterrupt):
        asyncio.run(_serve(loaded, host, port, seconds, calls, own))
    leave((calls, own))
    return ExitCode.DONE


async def _serve(loaded: Loaded, host: str, port: int, poll: int, calls: CallThreads, own: CallThreads) -> None:
    import asyncio
    import os

    from adapters.cli.service_means import means_of
    from adapters.service.current import Current
    from adapters.service.service import Service
    from adapters.service.serving import listen, serve
    from adapters.store.errors import StoreError
    from adapters.store.location import locate
    from adapters.store.store import open_store
    from engine.execute.store import StoreUnavailableError

    asyncio.get_running_loop().set_default_executor(calls)
    means = means_of(loaded.folder)
    try:
        store = open_store(locate(loaded.configuration.store_url, os.environ, loaded.folder))
    except StoreError as refused:
        fail(refused.reason, refused.help)
    except StoreUnavailableError as away:
        fail(f"the store of releases cannot be reached: {away}", "start it, then this again")
    try:
        current = Current(loaded, means)
        try:
            opened = listen(host, port)
        except OSError as failed:
            fail(f"cannot listen at {host} port {port}: {failed.strerror or failed}", "choose another with --listen")
        try:
            await serve(Service(store, current, means, poll, threads=own), opened)
        except StoreError as refused:
            fail(refused.reason, refused.help)
        finally:
            current.close()
    finally:
        await store.close()


def _address(text: str) -> tuple[str, int]:
    """Read ``HOST:PORT``; an address of IPv6 stands in brackets."""
    host, colon, port = text.rpartition(":")
    if not colon or not host or not port.isascii() or not port.isdecimal() or int(port) > 65535:
        fail(f"`--listen {text}` is not of the form HOST:PORT", f"e.g. --listen {_DEFAULT}")
    return host.removeprefix("[").removesuffix("]"), int(port)


def _duration(text: str) -> int:
    import re

    from grammar.lexical import duration_seconds

    if not re.fullmatch(r"(?=[0-9])(?:[0-9]{1,3}h)?(?:[0-9]{1,4}m)?(?:[0-9]{1,5}s)?", text):
        fail(f"`--poll {text}` is not a duration such as `60s` or `5m`")
    seconds = duration_seconds(text)
    if not 1 <= seconds <= 86_400:
        fail("`--poll` must be at least a second and at most a day")
    return seconds
