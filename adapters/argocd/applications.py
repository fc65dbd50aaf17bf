"""The port for applications, for those that Argo CD looks after."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace

from adapters.argocd.ancestry import Ancestry
from adapters.argocd.landing import decide
from adapters.argocd.memory import Memory, from_text
from adapters.argocd.seen import ApplicationSeen
from adapters.argocd.transport import Address, NotNowError, SyncRequest, Transport
from adapters.argocd.verdict import LATER, SOON, Request, Verdict, observation
from engine.execute.errors import RetryableError, TerminalError
from engine.execute.ports import Clock, Observation, Watch
from engine.plan.ports import RepositoryError

_MOST_REQUESTS = 3
"""In one look: a refresh, a hard one, and a sync."""


class ArgoCdApplications:
    """Watches applications through the servers that look after them; implements `engine.execute.ports.Applications`."""

    def __init__(self, servers: Mapping[str, Transport], ancestry: Ancestry, clock: Clock) -> None:
        """Prepare to watch; nothing is asked yet.

        Args:
            servers: how Argo CD is reached, by the runtime's name; where there is only one, it serves targets without
                a runtime, too.
            ancestry: asks Git about commits.
            clock: tells when something was asked for.
        """
        self._servers, self._ancestry, self._clock = dict(servers), ancestry, clock

    async def observe(self, watch: Watch) -> Observation:
        """Say how an application stands; ask for the refresh or the sync that it needs.

        Raises:
            AdapterError: `RetryableError` where the server or Git cannot be reached, `TerminalError` where the
                application cannot be looked at.
        """
        target = watch.target
        server = self._server(target.runtime)
        address = Address(target.name, target.namespace, target.project)
        seen = await server.get(address)
        memory = from_text(watch.memory)
        for _ in range(_MOST_REQUESTS):
            verdict = await self._decide(seen, watch, memory)
            if verdict.request is None:
                break
            try:
                fresh = await _request(server, address, seen, watch, verdict.request)
            except NotNowError as refused:
                message, soon = f"{verdict.message}; not now: {refused}", SOON if refused.passing else LATER
                verdict = replace(verdict, message=message, memory=memory, look_after=soon)
                break
            if fresh is None:
                break
            seen, memory = fresh, verdict.memory
        return observation(verdict, seen)

    async def _decide(self, seen: ApplicationSeen, watch: Watch, memory: Memory) -> Verdict:
        try:
            return await asyncio.to_thread(decide, seen, watch, memory, self._ancestry, self._clock.now())
        except RepositoryError as failure:
            raise RetryableError(str(failure), failure.help) from failure

    def _server(self, runtime: str) -> Transport:
        found = self._servers.get(runtime)
        if found is None and not runtime and len(self._servers) == 1:
            (found,) = self._servers.values()
        if found is None:
            raise TerminalError(
                f"no Argo CD is configured for the runtime `{runtime}`",
                f"add `[runtimes.{runtime or 'NAME'}.argocd]` to promo.toml",
            )
        return found


async def _request(
    server: Transport, address: Address, seen: ApplicationSeen, watch: Watch, request: Request
) -> ApplicationSeen | None:
    """Ask a server for something; return the application where the answer has it."""
    if request is Request.SYNC:
        asked = SyncRequest(watch.key, seen.sync_options, seen.retry, seen.version, seen.operation is not None)
        await server.sync(address, asked)
        return None
    return await server.refresh(address, hard=request is Request.HARD_REFRESH)
