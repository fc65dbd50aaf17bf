"""The workspace as it is now: read again when its files change, and kept as it was while they are wrong."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from adapters.service.means import Means, MeansError

if TYPE_CHECKING:
    from adapters.git import GitRepositories
    from adapters.workspace import Loaded
    from engine.execute.ports import Ports
    from engine.execute.rules import Rules

_log = logging.getLogger("promo.service")

LOOK = 3.0
"""Seconds between two looks at the files of a workspace."""

_SHOWN = 5
"""How many mistakes are told of a workspace that cannot be used."""


class Current:
    """The last workspace that could be used, with what follows from it.

    Attributes:
        loaded: the workspace.
        ports: what releases act through.
        rules: how time and addresses are told.
        problems: why what the files say now is not used; empty when it is.
        reloads: how often a changed workspace was taken over.
    """

    def __init__(self, loaded: Loaded, means: Means) -> None:
        """Begin with a workspace without mistakes.

        Raises:
            MeansError: when its configuration cannot be worked with.
        """
        self.loaded = loaded
        self.problems: tuple[str, ...] = ()
        self.reloads = 0
        self._means = means
        self._texts: Mapping[str, str] = loaded.sources.texts
        self._opened: list[AbstractContextManager[GitRepositories]] = []
        self._repositories = self._open(loaded)
        self.ports: Ports = means.ports(loaded, self._repositories)
        self.rules: Rules = means.rules(loaded)

    async def watch(self, stop: asyncio.Event) -> None:
        """Look at the files every few seconds until the event is set."""
        while not stop.is_set():
            try:
                async with asyncio.timeout(LOOK):
                    await stop.wait()
            except TimeoutError:
                await self.look()

    async def look(self) -> None:
        """Look at the files once, and take over what changed unless it is wrong."""
        found = await asyncio.to_thread(self._means.load)
        if found.sources.texts == self._texts and not (found.broken and not self.problems):
            return
        self._texts = found.sources.texts
        if found.broken:
            wrong = [one for one in found.diagnostics if one.is_error]
            self._refuse([f"{one.span.source}: {one.message}" for one in wrong])
            return
        try:
            self._take(found)
        except MeansError as problem:
            self._refuse([str(problem)])

    def close(self) -> None:
        """Close every repository."""
        for opened in self._opened:
            opened.__exit__(None, None, None)

    def _take(self, found: Loaded) -> None:
        before = self.loaded.configuration
        repositories = self._repositories
        if (found.configuration.git, found.configuration.checkouts) != (before.git, before.checkouts):
            # The ones before stay open: passes that run may use them.
            repositories = self._open(found)
        ports, rules = self._means.ports(found, repositories), self._means.rules(found)
        self.loaded, self.ports, self.rules, self._repositories = found, ports, rules, repositories
        self.problems = ()
        self.reloads += 1
        _log.info("the workspace changed and was read again")

    def _refuse(self, problems: list[str]) -> None:
        more = [f"and {len(problems) - _SHOWN} more"] if len(problems) > _SHOWN else []
        self.problems = (*problems[:_SHOWN], *more)
        for problem in self.problems:
            _log.error("the workspace is used as it was, because it has a mistake: %s", problem)

    def _open(self, loaded: Loaded) -> GitRepositories:
        context = self._means.repositories(loaded)
        repositories = context.__enter__()
        self._opened.append(context)
        return repositories
