"""The Argo Workflows that `promo.toml` names."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING

from adapters.doctor.check import Result, failed, ok, skipped, warning
from adapters.doctor.checks.clock import told
from adapters.doctor.situation import Situation
from grammar.vocabulary import listing

if TYPE_CHECKING:
    from pathlib import Path

    from adapters.workflows.configured import WorkflowsConfiguration

_FEW = 5


class ArgoWorkflowsServers:
    """Every Argo Workflows answers, its token may do what releases do there, and its clock agrees."""

    name = "argo workflows"

    def run(self, situation: Situation) -> Iterator[Result]:
        """Yield results for every runtime that has one, in the order of `promo.toml`."""
        loaded = situation.loaded
        if loaded is None:
            yield skipped("there is no workspace whose configuration could be read")
            return
        runtimes = loaded.configuration.adapters.runtimes
        servers = {one.name: one.workflows for one in runtimes if one.workflows is not None}
        if not servers:
            yield ok("none is configured")
        elif not situation.connections:
            yield skipped(f"{', '.join(servers)}: not asked", "`promo doctor --connections` asks the servers")
        else:
            for name, server in servers.items():
                yield from _examined(name, server, situation, loaded.folder.absolute())


def _examined(name: str, server: WorkflowsConfiguration, situation: Situation, folder: Path) -> Iterator[Result]:
    from engine.execute.errors import AdapterError

    quick = server._replace(timeout=max(1, int(situation.timeout)))
    try:
        if quick.url:
            yield from _version(name, quick, situation, folder)
        yield from _looks(name, quick, situation, folder)
        yield from _rights(name, quick, situation, folder)
    except AdapterError as wrong:
        yield failed(f"{name}: {wrong.reason}", wrong.help or "look whether the server is well")


def _version(name: str, server: WorkflowsConfiguration, situation: Situation, folder: Path) -> Iterator[Result]:
    from adapters.workflows.connecting import rest_api

    version, headers = asyncio.run(rest_api(server, folder, situation.environment).version())
    yield ok(f"{name}: Argo Workflows {version or 'of unknown version'} at {server.url}")
    yield from told(server.url, headers.get("date"))


def _looks(name: str, server: WorkflowsConfiguration, situation: Situation, folder: Path) -> Iterator[Result]:
    """Look at what a release looks at."""
    from adapters.workflows.connecting import connect

    api = connect(server, folder, situation.environment)
    # A name that no run has: whether it may be looked for is the question.
    asyncio.run(api.get("promo-doctor"))
    names = asyncio.run(api.template_names())
    if not names:
        yield warning(
            f"{name}: the namespace `{server.namespace}` has no workflow template",
            "correct `namespace`, create them there, or use those of the cluster",
        )
        return
    some = ", ".join(f"`{one}`" for one in sorted(names)[:_FEW]) + (" and others" if len(names) > _FEW else "")
    word = "template" if len(names) == 1 else "templates"
    yield ok(f"{name}: workflows can be looked at; {len(names)} {word} in `{server.namespace}`: {some}")


def _rights(name: str, server: WorkflowsConfiguration, situation: Situation, folder: Path) -> Iterator[Result]:
    """Look whether workflows may be made and followed, and, where that can be asked, ended; nothing is made."""
    if server.url:
        asyncio.run(_tried(server, situation, folder))
        yield ok(f"{name}: the token may make workflows in `{server.namespace}` and follow them")
        return
    from adapters.workflows.connecting import kubernetes_api

    lacking = asyncio.run(kubernetes_api(server).lacking())
    if lacking:
        rights = listing(list(map(str, lacking)), "and")
        yield failed(
            f"{name}: the account lacks {rights} in the namespace `{server.namespace}`",
            "grant it (`argoproj.io`, but `pods/log`) with a role in that namespace",
        )
    else:
        yield ok(f"{name}: the account may make workflows in `{server.namespace}`, follow and end them, and read logs")


async def _tried(server: WorkflowsConfiguration, situation: Situation, folder: Path) -> None:
    from adapters.workflows.connecting import rest_api

    api = rest_api(server, folder, situation.environment)
    await api.try_create()
    async with api.events():
        pass  # the server has granted it before it sends anything
