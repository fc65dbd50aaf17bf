"""One request to an API server and its answer: authorised, bounded, never redirected."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import httpx

from adapters.remote.failures import NoAccessError, UnreachableError
from adapters.remote.said import said
from adapters.secrets import Secret, SecretError
from adapters.version import VERSION
from engine.execute.errors import RetryableError, TerminalError

LARGEST = 32 * 1024 * 1024
"""Bytes an answer may have; a workflow of thousands of nodes has some megabytes."""

BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Statuses after which the same request may succeed."""


_NO_CONNECTION = (httpx.ConnectError, httpx.ProxyError, httpx.UnsupportedProtocol)


class LateError(RetryableError):
    """A request was sent, and its answer did not come in time."""


class Answer(NamedTuple):
    """An answer: the status, headers by their names in lower case, and the body."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def is_success(self) -> bool:
        """Whether the request was granted."""
        return 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class ApiServer:
    """A server that is asked with a token.

    A connection is made for each call: looks are further apart than servers keep one open.

    Attributes:
        url: scheme, host and perhaps a path, without a slash at its end.
        token: returns the token as it is now; raises `SecretError`. None where none is sent.
        trusted: which authorities are believed.
        timeout: seconds that one call may take, its whole answer included; of a stream, connecting and each part.
        transport: what carries requests; None for the network, with proxies as the environment names them.
    """

    url: str
    token: Callable[[], Secret] | None
    trusted: ssl.SSLContext = field(default_factory=httpx.create_ssl_context, repr=False)
    timeout: float = 30.0
    transport: httpx.AsyncBaseTransport | None = field(default=None, repr=False)

    @property
    def host(self) -> str:
        """Its address for people, without credentials."""
        try:
            return urlsplit(self.url).netloc.rpartition("@")[2] or "the server"
        except ValueError:
            return "the server"

    async def ask(
        self,
        method: str,
        path: str,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        *,
        patience: float | None = None,
    ) -> Answer:
        """Make one request and read its whole answer; see `open` for the arguments.

        Raises:
            AdapterError: `RetryableError` where there is no answer or only a part of one (`LateError` where it was
                waited for too long), `TerminalError` where there is no token, the address is none, or the answer is
                too large.
        """
        limit, secret = patience or self.timeout, self._secret()
        try:
            # An answer that comes a byte at a time is never late by its parts.
            async with (
                asyncio.timeout(limit),
                self._opened(secret, method, path, query, body, "application/json", patience) as response,
            ):
                data = bytearray()
                async for chunk in response.aiter_bytes():
                    data += chunk
                    if len(data) > LARGEST:
                        raise TerminalError(f"an answer of {self.host} is larger than {LARGEST // 1024 // 1024} MB")
                return _without(secret, response, bytes(data))
        except TimeoutError as late:
            raise LateError(self._late(limit)) from late

    @asynccontextmanager
    async def open(
        self,
        method: str,
        path: str,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        *,
        accept: str = "application/json",
        patience: float | None = None,
    ) -> AsyncIterator[httpx.Response]:
        """Make one request and hold its answer open; errors as with `ask`, those while it is read included.

        Args:
            method: of the request.
            path: after the server's own.
            query: behind it.
            body: JSON; None for none.
            accept: the kind of answer that is asked for.
            patience: seconds between two parts of the answer, with `ask` until it is whole; None for the usual ones.
        """
        async with self._opened(self._secret(), method, path, query, body, accept, patience) as response:
            yield response

    @asynccontextmanager
    async def _opened(
        self,
        secret: Secret | None,
        method: str,
        path: str,
        query: Mapping[str, Any] | None,
        body: Any,
        accept: str,
        patience: float | None,
    ) -> AsyncIterator[httpx.Response]:
        headers = {"Accept": accept, "User-Agent": f"promo/{VERSION}"} | _authorisation(secret)
        content = None
        if method != "GET":
            headers["Content-Type"] = "application/json"
            content = json.dumps({} if body is None else body).encode()
        limits = httpx.Timeout(self.timeout, read=patience or self.timeout)
        try:
            async with (
                httpx.AsyncClient(
                    timeout=limits, verify=self.trusted, follow_redirects=False, transport=self.transport
                ) as client,
                client.stream(
                    method, f"{self.url}{path}", params=dict(query or {}), headers=headers, content=content
                ) as response,
            ):
                yield response
        except httpx.TimeoutException as late:
            told = f"{self.host} did not answer within {patience or self.timeout:g} seconds"
            raise (LateError if isinstance(late, httpx.ReadTimeout) else UnreachableError)(told) from late
        except httpx.HTTPError as failed:
            # What breaks off later may be about this answer only.
            kind = UnreachableError if isinstance(failed, _NO_CONNECTION) else RetryableError
            raise kind(f"{self.host} cannot be reached: {said(_told(secret, str(failed) or repr(failed)))}") from failed
        except httpx.InvalidURL as wrong:
            raise TerminalError(f"{self.host} is no address that can be asked", "correct `url`") from wrong

    def _late(self, seconds: float) -> str:
        return f"{self.host} did not answer within {seconds:g} seconds"

    def hidden(self, body: bytes) -> bytes:
        """Return a body without the token, for what is said about it."""
        if self.token is None:
            return body
        try:
            return self.token().hidden_in(body.decode("utf-8", "replace")).encode()
        except SecretError:
            return b""

    def heard(self, answer: Answer) -> Answer:
        """Return an answer without the token, also one to a request that carried none, for what is said about it."""
        headers = {name: self.hidden(value.encode()).decode() for name, value in answer.headers.items()}
        return answer._replace(headers=headers, body=self.hidden(answer.body))

    def _secret(self) -> Secret | None:
        if self.token is None:
            return None
        try:
            return self.token()
        except SecretError as missing:
            raise NoAccessError(str(missing), missing.help) from missing


def _authorisation(secret: Secret | None) -> dict[str, str]:
    if secret is None:
        return {}
    text = secret.reveal()
    if not text.isascii():
        # What would be raised where it is sent quotes it.
        raise NoAccessError("the token has letters that no token has", "put the token where `token` points")
    return {"Authorization": f"Bearer {text}"}


def _without(secret: Secret | None, response: httpx.Response, data: bytes) -> Answer:
    """Return an answer; a server that repeats the token in it, wherever, is heard without."""
    headers = {name.lower(): _told(secret, value) for name, value in response.headers.items()}
    return Answer(response.status_code, headers, data if secret is None else secret.taken_from(data))


def _told(secret: Secret | None, text: str) -> str:
    return text if secret is None else secret.hidden_in(text)
