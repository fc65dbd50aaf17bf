"""Commits start releases: repositories are looked at when a webhook tells of a push, and every so often without.

What was seen is kept with the repository, and why a release was started is a key in the store. So a webhook that comes
twice, late, in another order or not at all changes nothing, and neither does a crash between any two steps.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from contextlib import ExitStack

from adapters.queue import new_owner
from adapters.service.means import MeansError
from adapters.service.service import Service
from adapters.service.sources import watched_sources
from adapters.service.survey import Called, Survey, surveyed
from adapters.store.watching import SourceClaim
from engine.execute.store import StoreUnavailableError
from engine.model.workspace import Workspace
from engine.plan.ports import RepositoryError

_log = logging.getLogger("promo.triggers")

AT_ONCE = 4
"""How many repositories are looked at at once."""

PER_LOOK = 200
"""How many commits one look takes on; the rest waits for the next, so that no repository holds up others."""

PATIENCE = 6
"""How often a plan that cannot read a repository is made again before the commit is given up."""

_IDLE = 1.0
_LONGEST_PAUSE = 300.0


class Triggers:
    """Looks at repositories until it is told to stop."""

    def __init__(self, service: Service, poll: float) -> None:
        """Prepare to look.

        Args:
            service: its parts.
            poll: seconds between two looks at a repository that nobody tells of.
        """
        self._service, self._poll = service, poll
        self._owner = new_owner()
        self._known: Workspace | None = None
        self._sources: Mapping[str, tuple[str, frozenset[str]]] = {}
        self._looking: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Look at what is due until the service stops; then let looks come to an end between two commits."""
        service = self._service
        while not service.stop.is_set():
            service.pushed.clear()
            try:
                await self._watch()
                while len(self._looking) < AT_ONCE and not service.stop.is_set():
                    claim = await service.store.claim_source(self._owner)
                    if claim is None:
                        break
                    task = asyncio.create_task(self._look(claim))
                    self._looking.add(task)
                    task.add_done_callback(self._ended)
            except StoreUnavailableError as away:
                service.metrics.outages.inc()
                _log.warning("waiting for the store: %s", away)
            await self._wait()
        await asyncio.gather(*self._looking, return_exceptions=True)

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(_IDLE):
                await self._service.pushed.wait()
        except TimeoutError:
            return

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._looking.discard(task)
        self._service.pushed.set()
        if not task.cancelled() and (fault := task.exception()) is not None:
            _log.error("a look at a repository broke; this is a fault of promo", exc_info=fault)

    async def _watch(self) -> None:
        """Watch what the workspace says now."""
        workspace = self._service.current.loaded.workspace
        if workspace is self._known:
            return
        sources = await self._service.in_thread(watched_sources, workspace)
        await self._service.store.watch(sources, at_once=self._known is None)
        self._known, self._sources = workspace, sources

    # --- one repository

    async def _look(self, claim: SourceClaim) -> None:
        try:
            await self._finished(claim, _Look(self._service, claim))
        except StoreUnavailableError as away:
            # The lease runs out, and the look is taken up where it was.
            self._service.metrics.outages.inc()
            _log.warning("a look at %s ended: %s", claim.repository, away)

    async def _finished(self, claim: SourceClaim, look: _Look) -> None:
        results = self._service.metrics.sources
        if claim.repository not in self._sources:
            await look.finish(_LONGEST_PAUSE)  # nobody reads from there any more
            return
        url, branches = self._sources[claim.repository]
        try:
            more = await look.through(url, branches)
        except (RepositoryError, MeansError) as problem:
            results.labels("failed").inc()
            _log.warning("%s could not be looked at: %s", claim.repository, problem)
            failures = claim.failures + 1
            await look.finish(min(2.0 ** min(failures, 16), self._poll, _LONGEST_PAUSE), failures, str(problem))
            return
        results.labels("done").inc()
        await look.finish(0.0 if more else self._poll)


class _Look:
    """One look at one repository."""

    def __init__(self, service: Service, claim: SourceClaim) -> None:
        self._service, self._claim = service, claim
        self._heads = dict(claim.heads)
        self._began = time.monotonic()

    async def through(self, url: str, branches: frozenset[str]) -> bool:
        """Take on what is new; return whether there is more."""
        service = self._service
        with ExitStack() as stack:
            opening = surveyed(service.current.loaded, service.means, url, branches)
            survey = await service.in_thread(stack.enter_context, opening)
            left = PER_LOOK
            self._heads = {branch: sha for branch, sha in self._heads.items() if branch in branches}
            for branch, head in survey.heads.items():
                missed = await service.in_thread(survey.missed, self._heads.get(branch), head)
                for sha in missed[:left]:
                    if service.stop.is_set() or not await service.store.renew_source(self._claim):
                        return True
                    await self._take_on(survey, sha)
                    self._heads[branch] = sha
                left -= min(left, len(missed))
                if left == 0:
                    return True
                self._heads[branch] = head
        return False

    async def _take_on(self, survey: Survey, sha: str) -> None:
        for called in await self._service.in_thread(survey.calls, sha):
            await self._start(called)

    async def _start(self, called: Called) -> None:
        store, metrics = self._service.store, self._service.metrics
        if called.release is None:
            if called.passing and self._claim.failures < PATIENCE:
                raise RepositoryError(self._claim.repository, called.blocked, "it is tried again")
            await store.refuse(called.origin, called.blocked)
            metrics.triggered.labels("blocked").inc()
            _log.warning("%s starts nothing: %s", called.origin.key, called.blocked)
            return
        there = await store.start(called.origin, called.release, called.plan)
        metrics.triggered.labels("started" if there is None else "known").inc()
        if there is None:
            waited = (self._claim.waited or 0.0) + time.monotonic() - self._began
            metrics.lag.observe(waited)
            said = {"release": called.release.id, "product": called.release.spec.product}
            _log.info("%s starts a release", called.origin.key, extra=said)

    async def finish(self, pause: float, failures: int = 0, message: str = "") -> None:
        """Give the repository back with what was seen."""
        await self._service.store.finish_source(self._claim, self._heads, failures, message, pause)
