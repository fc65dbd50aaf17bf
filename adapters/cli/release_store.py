"""The store of a workspace's releases, as commands use it: opened, closed, and its troubles told as other input's."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from adapters.cli.output import fail

if TYPE_CHECKING:
    from adapters.store.store import ReleaseStore
    from adapters.workspace import Loaded

_Result = TypeVar("_Result")


def with_store(loaded: Loaded, work: Callable[[ReleaseStore], Awaitable[_Result]]) -> _Result:
    """Open the store, do something with it, and close it.

    Args:
        loaded: the workspace whose releases are meant.
        work: what is done; runs in an event loop of its own.

    Raises:
        click.exceptions.Exit: with `INVALID`, when the store cannot be used, or has no such release.
    """
    from adapters.store.errors import StoreError
    from adapters.store.location import locate
    from adapters.store.store import open_store
    from engine.execute.store import StoreUnavailableError

    async def run() -> _Result:
        store = open_store(locate(loaded.configuration.store_url, os.environ, loaded.folder))
        try:
            return await work(store)
        finally:
            await store.close()

    try:
        return asyncio.run(run())
    except StoreError as refused:
        fail(refused.reason, refused.help)
    except StoreUnavailableError as away:
        fail(f"the store of releases cannot be reached: {away}", "try again; nothing was written")
