"""The forges of a workspace: which one has a repository, and how it is talked to."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, assert_never

import httpx

from adapters.forge import gitea, github, gitlab
from adapters.forge.client import Client
from adapters.forge.configured import ForgeConfiguration, ForgeKind, api_of
from adapters.forge.port import Forge
from adapters.git.address import AddressError, RemoteAddress, parse_address
from adapters.secrets import parse_reference
from engine.execute.errors import TerminalError

_NAME = re.compile(r"[A-Za-z0-9_.-]{1,200}")


class Hosted(NamedTuple):
    """A repository on a forge.

    Attributes:
        forge: reaches it.
        project: its path there.
        settings: how its pull requests are to be.
    """

    forge: Forge
    project: str
    settings: ForgeConfiguration


@dataclass(frozen=True, slots=True)
class _Known:
    settings: ForgeConfiguration
    forge: Forge


class Forges:
    """The forges that are configured; each keeps its connections."""

    def __init__(
        self,
        configured: Sequence[ForgeConfiguration],
        *,
        base: Path | None = None,
        environment: Mapping[str, str] | None = None,
        timeout: float = 30.0,
        is_local: Callable[[str], bool] = lambda url: False,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Prepare; nothing is asked yet, and no token is read.

        Args:
            configured: the forges; the longest host that fits a repository wins.
            base: the workspace's folder, that relative paths are taken from.
            environment: variables that tokens are read from; None for those of this process.
            timeout: seconds that one request may take, its whole answer included.
            is_local: says which repositories are read and written on this machine instead.
            transport: what carries requests; None for the network.
        """
        self._is_local = is_local
        self._known: list[_Known] = []
        self._clients: list[Client] = []
        folder = base or Path.cwd()
        for settings in sorted(configured, key=lambda settings: -len(settings.host)):
            client = _client(settings, folder, environment, timeout, transport)
            self._clients.append(client)
            self._known.append(_Known(settings, _forge(settings.kind, client)))

    def close(self) -> None:
        """End all connections."""
        for client in self._clients:
            client.close()

    def of(self, repo_url: str) -> Hosted | None:
        """Return the forge that has a repository; None where none does, or where it is on this machine.

        Raises:
            TerminalError: when the address can be no repository of the forge whose host it has.
        """
        try:
            address = parse_address(repo_url)
        except AddressError:
            return None  # whoever opens the repository says what is wrong
        if not isinstance(address, RemoteAddress):
            return None
        for known in self._known:
            project = _project(known.settings, address)
            if project is None:
                continue
            if self._is_local(repo_url):
                return None
            parts = project.split("/")
            deep = known.settings.kind is ForgeKind.GITLAB
            if not (len(parts) == 2 or (deep and len(parts) > 2)) or not all(map(_is_name, parts)):
                raise TerminalError(
                    f"`{address.shown}` is no repository of the forge `{known.settings.name}`",
                    "its path is `owner/name`; correct `repoURL`, or `host` of the forge",
                )
            return Hosted(known.forge, project, known.settings)
        return None


def forge_of(
    settings: ForgeConfiguration,
    base: Path,
    environment: Mapping[str, str] | None = None,
    timeout: float = 30.0,
) -> tuple[Forge, Client]:
    """Return one forge, and the client that must be closed after use."""
    client = _client(settings, base, environment, timeout, None)
    return _forge(settings.kind, client), client


def _client(
    settings: ForgeConfiguration,
    base: Path,
    environment: Mapping[str, str] | None,
    timeout: float,
    transport: httpx.AsyncBaseTransport | None,
) -> Client:
    reference = parse_reference(settings.token)
    headers = {ForgeKind.GITHUB: github.headers, ForgeKind.GITLAB: gitlab.headers, ForgeKind.GITEA: gitea.headers}
    return Client(
        settings.api or api_of(settings.kind, settings.host),
        headers[settings.kind],
        lambda: reference.read(base, environment),
        ca=str(base / settings.ca) if settings.ca else "",
        timeout=timeout,
        transport=transport,
    )


def _forge(kind: ForgeKind, client: Client) -> Forge:
    match kind:
        case ForgeKind.GITHUB:
            return github.GitHub(client)
        case ForgeKind.GITLAB:
            return gitlab.GitLab(client)
        case ForgeKind.GITEA:
            return gitea.Gitea(client)
        case unknown:
            assert_never(unknown)


def _project(settings: ForgeConfiguration, address: RemoteAddress) -> str | None:
    """Return the path of a repository below a forge's host; None where the host is another one."""
    host, _, prefix = settings.host.partition("/")
    name, colon, port = host.rpartition(":") if re.search(r":\d+\Z", host) else (host, "", "")
    if address.host != name.strip("[]") or (colon and str(address.port) != port):
        return None
    if not prefix:
        return address.path
    # Only over the web does the path hold the folder that the forge lies in.
    if address.transport not in ("http", "https"):
        return address.path
    inside = address.path.removeprefix(f"{prefix}/")
    return None if inside == address.path else inside


def _is_name(part: str) -> bool:
    return bool(_NAME.fullmatch(part)) and part not in (".", "..")
