"""HTTP to one forge: bounded answers, patience with a busy server, and a token that goes to no other host."""

from __future__ import annotations

import email.utils
import json
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import httpx

from adapters.ci.failure import CiError, RefusedError, UnsureError
from adapters.version import VERSION
from grammar.render import printable

_ATTEMPTS = 4
_LONGEST_WAIT = 60.0  # seconds
_LARGEST = 48 * 1024 * 1024  # bytes of an answer
_BUSY = frozenset({429, 500, 502, 503, 504})
_HARMLESS = frozenset({"GET", "PUT", "PATCH", "DELETE"})
"""Methods that may be repeated: done twice, they leave what they leave when done once."""


@dataclass(frozen=True, slots=True)
class Client:
    """Makes requests below one address.

    Attributes:
        api: the address, without a slash at the end.
        headers: what every request carries, the token included.
        secret: what no message may show.
        sleep: waits for some seconds.
        now: the time, in seconds since 1970.
        transport: what carries requests; None for the network.
    """

    api: str
    headers: Mapping[str, str] = field(repr=False)
    secret: str = field(repr=False)
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.time
    transport: httpx.BaseTransport | None = None

    def ask(self, method: str, path: str, *, query: Mapping[str, str | int] | None = None, body: Any = None) -> Any:
        """Make a request and return the JSON it is answered with; None for an empty answer.

        A busy server is asked again, up to four times, as long after as it says. A POST is only repeated
        where the server says that it did nothing.

        Args:
            method: e.g. ``GET``.
            path: what comes after the API's address, beginning with a slash.
            query: the query's parameters.
            body: what to send as JSON; None for nothing.

        Raises:
            RefusedError: the token may not do that (403), or may not see it (404).
            UnsureError: a POST failed, and may have been carried out.
            CiError: anything else that is no success.
        """
        with httpx.Client(
            headers=dict(self.headers) | {"User-Agent": f"promo/{VERSION}"},
            timeout=httpx.Timeout(30.0),
            follow_redirects=False,
            verify=_trusted(),
            transport=self.transport,
        ) as http:
            for attempt in range(1, _ATTEMPTS + 1):
                try:
                    status, headers, data = _exchange(http, method, f"{self.api}{path}", query, body)
                except httpx.HTTPError as failed:
                    self._lost(method, failed, last=attempt == _ATTEMPTS)
                    self.sleep(2.0 ** (attempt - 1))
                    continue
                if not _is_busy(status, headers):
                    return self._answer(status, headers, data, f"{method} {path}")
                if method == "POST" and status >= 500:
                    raise UnsureError(f"the server answered with {status}")
                if attempt < _ATTEMPTS:
                    self._wait(headers, attempt)
        raise CiError(f"the server is too busy: it answered {_ATTEMPTS} times with {status}", "run the job again later")

    def _lost(self, method: str, failed: httpx.HTTPError, *, last: bool) -> None:
        message = f"the server at {_host(self.api)} cannot be reached: {self._shown(str(failed) or repr(failed))}"
        never_sent = isinstance(failed, httpx.ConnectError | httpx.ConnectTimeout | httpx.UnsupportedProtocol)
        if method not in _HARMLESS and not never_sent:
            raise UnsureError(message) from failed
        if last:
            raise CiError(message, "check the network, proxies and certificates of the runner") from failed

    def _wait(self, headers: httpx.Headers, attempt: int) -> None:
        seconds = _asked_wait(headers, self.now())
        if seconds is None:
            seconds = 2.0 ** (attempt - 1)
        if seconds > _LONGEST_WAIT:
            raise CiError(f"the server asks to come back in {seconds:.0f} seconds", "run the job again then")
        self.sleep(max(0.0, seconds))

    def _answer(self, status: int, headers: httpx.Headers, data: bytes, what: str) -> Any:
        gone = status == 404 and what.startswith("DELETE")  # which is what was wanted
        if 200 <= status < 300 or gone:
            if not data or gone:
                return None
            try:
                return json.loads(data)
            except (ValueError, RecursionError) as failed:
                raise CiError(f"the answer to {what} is not JSON", "is the address that of an API?") from failed
        said = self._shown(_message(data))
        if 300 <= status < 400:
            # Where it leads is not followed, since the token would go there too.
            raise CiError(
                f"{what} is redirected to {self._shown(_host(headers.get('location', '')))}, which is not followed",
                "set the address of the API to the one it moved to",
            )
        if status == 401:
            raise CiError(f"the server does not know the token: {said}", "it may have expired, or be another server's")
        if status in (403, 404):
            raise RefusedError(f"{what} was answered with {status}: {said}")
        raise CiError(f"{what} was answered with {status}: {said}")

    def _shown(self, text: str) -> str:
        hidden = text.replace(self.secret, "***") if self.secret else text
        return printable(hidden)[:300]


@cache
def _trusted() -> ssl.SSLContext:
    """Return the authorities that are believed; reading them takes longer than a request."""
    return httpx.create_ssl_context()


def _exchange(
    http: httpx.Client, method: str, url: str, query: Mapping[str, str | int] | None, body: Any
) -> tuple[int, httpx.Headers, bytes]:
    with http.stream(method, url, params=query, json=body) as response:
        data = bytearray()
        for chunk in response.iter_bytes():
            data += chunk
            if len(data) > _LARGEST:
                raise CiError(f"the answer to {method} is larger than {_LARGEST // 1024 // 1024} MB")
        return response.status_code, response.headers, bytes(data)


def _is_busy(status: int, headers: httpx.Headers) -> bool:
    # GitHub answers with 403 where too much was asked for.
    limited = status == 403 and ("retry-after" in headers or headers.get("x-ratelimit-remaining") == "0")
    return status in _BUSY or limited


def _asked_wait(headers: httpx.Headers, now: float) -> float | None:
    """Return how many seconds the server wants to be left alone; None where it does not say."""
    after = headers.get("retry-after", "").strip()
    if after.isascii() and after.isdecimal():
        return float(after[:9])
    if after:
        try:
            return email.utils.parsedate_to_datetime(after).timestamp() - now
        except (ValueError, OverflowError):
            return None
    reset = headers.get("x-ratelimit-reset", "") or headers.get("ratelimit-reset", "")
    return float(reset[:12]) - now if reset.isascii() and reset.isdecimal() else None


def _message(data: bytes) -> str:
    """Return what an error says about itself; forges call it differently."""
    try:
        found = json.loads(data[:100_000])
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, dict):
        for key in ("message", "error_description", "error"):
            if found.get(key):
                return str(found[key])
    return "no reason is given"


def _host(url: str) -> str:
    try:
        return httpx.URL(url).host or "the same host"
    except httpx.InvalidURL:
        return "an address that is none"
