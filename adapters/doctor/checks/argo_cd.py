"""The Argo CDs that `promo.toml` names."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from adapters.doctor.check import Result, failed, ok, skipped, warning
from adapters.doctor.checks.clock import told
from adapters.doctor.situation import Situation
from grammar.vocabulary import listing

if TYPE_CHECKING:
    from pathlib import Path

    from adapters.argocd.configured import ArgoCdConfiguration
    from adapters.argocd.rest import RestApi
    from adapters.workspace import Loaded
    from engine.model.argo import Application

_FEW = 3
_MOST = 20
"""Applications that are asked about one by one."""


class ArgoCdServers:
    """Every Argo CD answers, its token may see and sync the applications it is to look after, and its clock agrees."""

    name = "argo cd"

    def run(self, situation: Situation) -> Iterator[Result]:
        """Yield results for every runtime that has one, in the order of `promo.toml`."""
        loaded = situation.loaded
        if loaded is None:
            yield skipped("there is no workspace whose configuration could be read")
            return
        servers = {one.name: one.argocd for one in loaded.configuration.adapters.runtimes if one.argocd is not None}
        if not servers:
            yield ok("none is configured")
        elif not situation.connections:
            yield skipped(f"{', '.join(servers)}: not asked", "`promo doctor --connections` asks the servers")
        else:
            for name, server in servers.items():
                yield from _examined(name, server, situation, loaded)


def _examined(name: str, server: ArgoCdConfiguration, situation: Situation, loaded: Loaded) -> Iterator[Result]:
    from engine.execute.errors import AdapterError

    folder = loaded.folder.absolute()
    applications = _applications_of(name, loaded)
    quick = server._replace(timeout=max(1, int(situation.timeout)))
    try:
        if server.url:
            yield from _rest(name, quick, folder, situation, applications)
        else:
            yield from _kubernetes(name, quick, applications)
    except AdapterError as wrong:
        yield failed(f"{name}: {wrong.reason}", wrong.help or "look whether the server is well")


def _rest(
    name: str,
    server: ArgoCdConfiguration,
    folder: Path,
    situation: Situation,
    applications: tuple[Application, ...],
) -> Iterator[Result]:
    from adapters.argocd.connecting import rest_api

    api = rest_api(server, folder, situation.environment)
    version, headers = asyncio.run(api.version())
    yield ok(f"{name}: Argo CD {version or 'of unknown version'} at {server.url}")
    yield from told(server.url, headers.get("date"))
    projects = tuple(sorted({one.project for one in applications}))
    if not projects:
        yield skipped(f"{name}: no application of the workspace is looked after by it")
        return
    visible = asyncio.run(api.visible(projects))
    names = {found for _, found in visible}
    hidden = [
        one
        for one in applications
        if not ((one.namespace, one.name) in visible or (not one.namespace and one.name in names))
    ]
    if hidden:
        seen = len(applications) - len(hidden)
        yield warning(
            f"{name}: the token sees {seen} of {len(applications)} applications, not {_some(hidden)}",
            "create them, correct `spec.project`, or give the token `get` and `sync` of applications in their projects",
        )
    else:
        yield ok(f"{name}: the token sees {len(applications)} of {len(applications)} applications of the workspace")
    yield from _syncs(name, api, tuple(one for one in applications if not one.auto_sync and one not in hidden))


def _syncs(name: str, api: RestApi, applications: tuple[Application, ...]) -> Iterator[Result]:
    """Look whether the token may sync what Argo CD does not sync by itself."""
    from adapters.argocd.transport import Address

    if not applications:
        return
    asked = applications[:_MOST]
    refused = [one for one in asked if not asyncio.run(api.may("sync", Address(one.name, one.namespace, one.project)))]
    about = f"of {len(asked)} that Argo CD does not sync by itself"
    if not refused:
        yield ok(f"{name}: the token may sync {len(asked)} {about}")
        return
    projects = ", ".join(f"`{project}/*`" for project in sorted({one.project for one in refused}))
    yield failed(
        f"{name}: the token may not sync {_some(refused)}, {len(refused)} {about}",
        f"give it `applications, sync` of {projects}, or turn on automated sync",
    )


def _some(applications: Sequence[Application]) -> str:
    few = ", ".join(f"`{one.key}`" for one in applications[:_FEW])
    return f"{few} and others" if len(applications) > _FEW else few


def _kubernetes(name: str, server: ArgoCdConfiguration, applications: tuple[Application, ...]) -> Iterator[Result]:
    from adapters.argocd.connecting import kubernetes_api
    from adapters.argocd.transport import Address

    if not applications:
        yield skipped(f"{name}: no application of the workspace is looked after by it")
        return
    api = kubernetes_api(server)
    first = applications[0]
    asyncio.run(api.get(Address(first.name, first.namespace, first.project)))
    yield ok(f"{name}: application `{first.key}` is read through the Kubernetes API")
    for namespace in sorted({one.namespace or server.namespace for one in applications}):
        lacking = asyncio.run(api.lacking(namespace))
        if lacking:
            yield failed(
                f"{name}: the account lacks {listing(list(map(str, lacking)), 'and')} in the namespace `{namespace}`",
                "grant it (`applications.argoproj.io`) with a role in that namespace",
            )
        else:
            yield ok(f"{name}: the account may `get` and `patch` applications in the namespace `{namespace}`")


def _applications_of(name: str, loaded: Loaded) -> tuple[Application, ...]:
    """Return the applications of products that a runtime looks after, sorted by key."""
    from adapters.workspace.runtimes import NoRuntimeError, runtime_of
    from engine.resolve import ApplicationMap

    found = []
    for assignment in ApplicationMap(loaded.workspace).assignments.values():
        environment = loaded.workspace.environments.get(assignment.environment or "")
        if environment is None or assignment.product is None:
            continue
        try:
            runtime = runtime_of(loaded.configuration, environment, assignment.application)
        except NoRuntimeError:
            continue  # the check of sources says that no runtime looks after it
        if runtime == name:
            found.append(assignment.application)
    return tuple(sorted(found, key=lambda one: one.key))
