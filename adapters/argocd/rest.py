"""Argo CD through its API server."""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

import httpx

from adapters.argocd.answers import failure
from adapters.argocd.reading import NotAnApplicationError, read_application
from adapters.argocd.seen import STEP_KEY, ApplicationSeen
from adapters.argocd.transport import Address, SyncRequest
from adapters.argocd.verdict import said
from adapters.secrets import Secret, SecretError
from adapters.version import VERSION
from engine.execute.errors import RetryableError, TerminalError

_LARGEST = 32 * 1024 * 1024
"""Bytes an answer may have; an application of thousands of resources has some megabytes."""


class Answer(NamedTuple):
    """An answer of the server: the status, headers by their names in lower case, and the body."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class RestApi:
    """Makes calls of Argo CD's API.

    A connection is made for each call: looks at an application are further apart than servers keep one open.

    Attributes:
        url: scheme, host and perhaps the root path, e.g. ``https://argocd.example.com``.
        token: returns the token as it is now; raises `SecretError`.
        trusted: which authorities are believed.
        timeout: seconds connecting and each part of an answer may take.
        patience: seconds a refresh is waited for; it blocks until the controller has made it.
        transport: what carries requests; None for the network, with proxies as the environment names them.
    """

    url: str
    token: Callable[[], Secret]
    trusted: ssl.SSLContext = field(default_factory=httpx.create_ssl_context, repr=False)
    timeout: float = 30.0
    patience: float = 5.0
    transport: httpx.AsyncBaseTransport | None = field(default=None, repr=False)

    async def get(self, address: Address) -> ApplicationSeen:
        """Return an application; see `Transport`."""
        return self._application(await self._ask("GET", self._path(address), _query(address)), address)

    async def refresh(self, address: Address, *, hard: bool) -> ApplicationSeen | None:
        """Ask for a comparison; see `Transport`.

        The server has made a note of it before it waits, so an answer that does not come in time loses nothing.
        """
        query = _query(address) | {"refresh": "hard" if hard else "normal"}
        try:
            answer = await self._ask("GET", self._path(address), query, self.patience)
        except httpx.ReadTimeout:
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
        answer = await self._ask("POST", f"{self._path(address)}/sync", {}, body=body)
        if not _is_success(answer):
            raise self._failure(answer, address)

    async def version(self) -> tuple[str, dict[str, str]]:
        """Return the server's version and the headers of its answer; needs no rights."""
        answer = await self._ask("GET", "/api/version", {}, authorised=False)
        return str(self._json(answer, Address("", "", "")).get("Version", "")), answer.headers

    async def visible(self, projects: tuple[str, ...]) -> frozenset[tuple[str, str]]:
        """Return the namespace and the name of every application of some projects that the token may see."""
        answer = await self._ask("GET", "/api/v1/applications", {"projects": list(projects)})
        items = self._json(answer, Address("*", "", ", ".join(projects))).get("items")
        named = [item.get("metadata", {}) for item in items or [] if isinstance(item, dict)]
        return frozenset((str(one.get("namespace", "")), str(one.get("name", ""))) for one in named)

    def _path(self, address: Address) -> str:
        return f"/api/v1/applications/{quote(address.name, safe='')}"

    async def _ask(
        self,
        method: str,
        path: str,
        query: dict[str, Any],
        patience: float | None = None,
        *,
        body: Any = None,
        authorised: bool = True,
    ) -> Answer:
        headers = {"Accept": "application/json", "User-Agent": f"promo/{VERSION}"}
        if authorised:
            headers["Authorization"] = f"Bearer {self._token().reveal()}"
        content = None
        if method != "GET":
            # Exactly this: the server refuses any other, one with a character set included.
            headers["Content-Type"] = "application/json"
            content = json.dumps(body).encode()
        limits = httpx.Timeout(self.timeout, read=patience or self.timeout)
        try:
            async with (
                httpx.AsyncClient(
                    timeout=limits, verify=self.trusted, follow_redirects=False, transport=self.transport
                ) as client,
                client.stream(method, f"{self.url}{path}", params=query, headers=headers, content=content) as response,
            ):
                return await _read(response)
        except httpx.ReadTimeout as late:
            if patience is not None:
                raise
            raise RetryableError(f"{self._server} did not answer within {self.timeout:g} seconds") from late
        except httpx.HTTPError as failed:
            raise RetryableError(f"{self._server} cannot be reached: {said(str(failed) or repr(failed))}") from failed
        except (httpx.InvalidURL, ValueError) as wrong:
            raise TerminalError(f"{self._server} is no address that can be asked", "correct `url`") from wrong

    @property
    def _server(self) -> str:
        return urlsplit(self.url).netloc.rpartition("@")[2] or "the server"

    def _token(self) -> Secret:
        try:
            return self.token()
        except SecretError as missing:
            raise TerminalError(str(missing), missing.help) from missing

    def _application(self, answer: Answer, address: Address) -> ApplicationSeen:
        try:
            return read_application(self._json(answer, address))
        except NotAnApplicationError as wrong:
            raise TerminalError(
                f"{self._server} answered with something that is no application: {wrong}", "is `url` that of Argo CD?"
            ) from wrong

    def _json(self, answer: Answer, address: Address) -> dict[str, Any]:
        if not _is_success(answer):
            raise self._failure(answer, address)
        try:
            found = json.loads(answer.body)
        except (ValueError, RecursionError) as wrong:
            # What a proxy or the web interface answers with is HTML.
            raise TerminalError(f"{self._server} answered with something that is not JSON", _NO_API) from wrong
        if not isinstance(found, dict):
            raise TerminalError(f"{self._server} answered with something that is no object", _NO_API)
        return found

    def _failure(self, answer: Answer, address: Address) -> Exception:
        body = answer.body
        try:
            body = self.token().hidden_in(body.decode("utf-8", "replace")).encode()
        except SecretError:
            body = b""
        return failure(answer.status, answer.headers, body, address, self._server)


_NO_API = "set `url` to the address of Argo CD's API server, with its root path if it has one"


async def _read(response: httpx.Response) -> Answer:
    data = bytearray()
    async for chunk in response.aiter_bytes():
        data += chunk
        if len(data) > _LARGEST:
            raise TerminalError(f"an answer is larger than {_LARGEST // 1024 // 1024} MB", "is `url` that of Argo CD?")
    return Answer(response.status_code, {k.lower(): v for k, v in response.headers.items()}, bytes(data))


def _is_success(answer: Answer) -> bool:
    return 200 <= answer.status < 300


def _query(address: Address) -> dict[str, str]:
    """Return what is always said: without the project, one that is missing cannot be told from one that is hidden."""
    return {"project": address.project} | ({"appNamespace": address.namespace} if address.namespace else {})
