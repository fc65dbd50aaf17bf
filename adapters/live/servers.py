"""Who is asked about an application: the Argo CD of its runtime, or its own folder."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from urllib.parse import urlsplit

from adapters.argocd.ancestry import GitAncestry
from adapters.argocd.configured import ArgoCdConfiguration
from adapters.argocd.sources import folder_of
from adapters.argocd.transport import Address, Transport
from adapters.git import GitRepositories
from adapters.live.answer import Said
from adapters.live.argo import said_of
from adapters.live.local import local_said
from adapters.live.standing import Branches
from adapters.workspace import Loaded
from adapters.workspace.runtimes import NoRuntimeError, runtime_of
from engine.execute.errors import RetryableError, TerminalError
from engine.execute.spec import TargetSpec
from engine.model.argo import Application, Source
from engine.model.promoted_source import promoted_source
from engine.plan.ports import DocumentEditor, RepositoryError

_LOCAL = "local"
_RUNTIME = "runtime "
_NOBODY = "nobody "


class Servers:
    """Knows who looks after which application, and asks them.

    A *place* names one of them: it is what questions, limits and warnings go by.
    """

    def __init__(
        self,
        loaded: Loaded,
        repositories: GitRepositories,
        branches: Branches,
        editor: DocumentEditor,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Prepare to ask; nothing is asked yet.

        Args:
            loaded: the workspace.
            repositories: those of the plan.
            branches: knows where branches stand.
            editor: compares documents.
            environment: variables that hold tokens; None for those of this process.
        """
        self._loaded, self._branches, self._environment = loaded, branches, environment
        self._servers = {one.name: one.argocd for one in loaded.configuration.adapters.runtimes if one.argocd}
        self._connected: dict[str, Transport] = {}
        self._ancestry = GitAncestry(_AsTheyAre(repositories), editor)

    def place(self, environment: str, application: Application) -> str:
        """Return who is asked about an application of an environment."""
        configuration = self._loaded.configuration
        if configuration.adapters.applications == "local":
            return _LOCAL
        try:
            name = runtime_of(configuration, self._loaded.workspace.environments[environment], application)
        except NoRuntimeError:
            return f"{_NOBODY}{environment}"
        return f"{_RUNTIME}{name}"

    def runtime(self, place: str) -> str:
        """Return the runtime behind a place; empty where there is none."""
        return place.removeprefix(_RUNTIME) if place.startswith(_RUNTIME) else ""

    def shown(self, place: str) -> str:
        """Return a place for people."""
        runtime = self.runtime(place)
        if not runtime:
            return "local applications" if place == _LOCAL else "Argo CD"
        server = self._servers.get(runtime)
        return f"runtime `{runtime}`" + (f" ({_address(server)})" if server else "")

    async def ask(self, place: str, application: Application) -> Said:
        """Return what is said of an application.

        Raises:
            AdapterError: when nobody can say anything.
        """
        try:
            if place == _LOCAL:
                return await asyncio.to_thread(self._local, application)
            target = self._target(place, application)
            seen = await self._server(place).get(Address(target.name, target.namespace, target.project))
            return await asyncio.to_thread(said_of, seen, target, self._ancestry.dry_commit)
        except RepositoryError as failure:
            raise RetryableError(str(failure), failure.help) from failure

    def _local(self, application: Application) -> Said:
        location = self._branches.locate(application)
        if isinstance(location, str):
            raise TerminalError(location, "correct its source in the workspace, or give a checkout")
        check = self._loaded.configuration.adapters.check
        return local_said(location.repository, location.commit, location.folder, check[0] if check else "")

    def _target(self, place: str, application: Application) -> TargetSpec:
        # Without Git: where that cannot be read the server may still say how an application is.
        source = promoted_source(application)
        where = ("", "", "")
        if isinstance(source, Source):
            where = (source.repo_url, source.target_revision, folder_of(source.path))
        return TargetSpec(
            application.key, application.name, application.namespace, application.project, self.runtime(place), *where
        )

    def _server(self, place: str) -> Transport:
        if place.startswith(_NOBODY):
            name = place.removeprefix(_NOBODY)
            raise TerminalError(
                f"no runtime looks after the environment `{name}`",
                f"add `{name}` to the `environments` of a table `[runtimes.NAME]` of promo.toml",
            )
        runtime = self.runtime(place)
        if not runtime:
            raise TerminalError("no Argo CD is configured", _NOT_CONFIGURED)
        configuration = self._servers.get(runtime)
        if configuration is None:
            raise TerminalError(
                f"no Argo CD is configured for the runtime `{runtime}`",
                f"add the table `[runtimes.{runtime}.argocd]` to promo.toml",
            )
        if runtime not in self._connected:
            from adapters.argocd.connecting import connect

            self._connected[runtime] = connect(configuration, self._loaded.folder.absolute(), self._environment)
        return self._connected[runtime]


_NOT_CONFIGURED = (
    'add a table `[runtimes.NAME.argocd]` to promo.toml, or set `adapter = "local"` in `[applications]` to go by'
    " what their folders hold"
)


class _AsTheyAre:
    """Repositories as the plan has read them: asking how something stands fetches nothing."""

    def __init__(self, repositories: GitRepositories) -> None:
        self.open = repositories.open
        self.refresh = repositories.open


def _address(server: ArgoCdConfiguration) -> str:
    if server.url:
        return urlsplit(server.url).netloc.rpartition("@")[2]
    return f"the cluster of the context `{server.context}`" if server.context else "the cluster of the current context"
