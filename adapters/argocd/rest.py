"""Argo CD through its API server."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from adapters.argocd.answers import failure
from adapters.argocd.reading import read_application
from adapters.argocd.seen import STEP_KEY, ApplicationSeen
from adapters.argocd.transport import Address, SyncRequest
from adapters.remote.refusals import object_of
from adapters.remote.server import Answer, ApiServer, LateError
from adapters.remote.shape import NotReadableError
from engine.execute.errors import TerminalError


@dataclass(frozen=True, slots=True)
class RestApi:
    """Makes calls of Argo CD's API.

    Attributes:
        server: how it is reached; its URL has the root path, if there is one.
        patience: seconds a refresh is waited for; it blocks until the controller has made it.
    """

    server: ApiServer
    patience: float = 5.0

    async def get(self, address: Address) -> ApplicationSeen:
        """Return an application; see `Transport`."""
        return self._application(await self.server.ask("GET", self._path(address), _query(address)), address)

    async def refresh(self, address: Address, *, hard: bool) -> ApplicationSeen | None:
        """Ask for a comparison; see `Transport`.

        The server has made a note of it before it waits, so an answer that does not come in time loses nothing.
        """
        query = _query(address) | {"refresh": "hard" if hard else "normal"}
        try:
            answer = await self.server.ask("GET", self._path(address), query, patience=self.patience)
        except LateError:
            return None
        return self._application(answer, address)

    async def sync(self, address: Address, request: SyncRequest) -> None:
        """Ask for a sync; see `Transport`."""
        body: dict[str, Any] = {
            "name": address.name,
            "project": address.project,
            "infos": [{"name": STEP_KEY, "value": request.step}],
        }
        if address.namespace:
            body["appNamespace"] = address.namespace
        if request.options:
            body["syncOptions"] = {"items": list(request.options)}
        if request.retry:
            body["retryStrategy"] = dict(request.retry)
        answer = await self.server.ask("POST", f"{self._path(address)}/sync", body=body)
        if not answer.is_success:
            raise self._failure(answer, address)

    async def version(self) -> tuple[str, dict[str, str]]:
        """Return the server's version and the headers of its answer; needs no rights."""
        answer = await replace(self.server, token=None).ask("GET", "/api/version")
        return str(self._json(answer, Address("", "", "")).get("Version", "")), answer.headers

    async def visible(self, projects: tuple[str, ...]) -> frozenset[tuple[str, str]]:
        """Return the namespace and the name of every application of some projects that the token may see."""
        answer = await self.server.ask("GET", "/api/v1/applications", {"projects": list(projects)})
        items = self._json(answer, Address("*", "", ", ".join(projects))).get("items")
        named = [item.get("metadata", {}) for item in items or [] if isinstance(item, dict)]
        return frozenset((str(one.get("namespace", "")), str(one.get("name", ""))) for one in named)

    async def may(self, action: str, address: Address) -> bool:
        """Say whether the token may do something with an application, e.g. ``sync``; nothing is changed by asking.

        Roles name applications outside Argo CD's own namespace with it. Which one that is a server does not tell, so
        either name will do.
        """
        names = [address.name, f"{address.namespace}/{address.name}"] if address.namespace else [address.name]
        for name in names:
            path = f"/api/v1/account/can-i/applications/{quote(action, safe='')}/{quote(address.project, safe='')}"
            answer = await self.server.ask("GET", f"{path}/{quote(name)}")
            if self._json(answer, address).get("value") == "yes":
                return True
        return False

    def _path(self, address: Address) -> str:
        return f"/api/v1/applications/{quote(address.name, safe='')}"

    def _application(self, answer: Answer, address: Address) -> ApplicationSeen:
        try:
            return read_application(self._json(answer, address))
        except NotReadableError as wrong:
            raise TerminalError(
                f"{self.server.host} answered with something that is no application: {wrong}",
                "is `url` that of Argo CD?",
            ) from wrong

    def _json(self, answer: Answer, address: Address) -> dict[str, Any]:
        if not answer.is_success:
            raise self._failure(answer, address)
        return object_of(answer, self.server.host, _NO_API)

    def _failure(self, answer: Answer, address: Address) -> Exception:
        return failure(self.server.heard(answer), address, self.server.host)


_NO_API = "set `url` to the address of Argo CD's API server, with its root path if it has one"


def _query(address: Address) -> dict[str, str]:
    """Return what is always said: without the project, one that is missing cannot be told from one that is hidden."""
    return {"project": address.project} | ({"appNamespace": address.namespace} if address.namespace else {})
