"""One request to a forge and its answer: bounded, never redirected; and how forges say that they are busy."""

from __future__ import annotations

import email.utils
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpx

from adapters.forge.carrier import Carrier
from adapters.remote.server import BUSY
from adapters.version import VERSION

LARGEST = 48 * 1024 * 1024
"""Bytes an answer may have."""


class TooLargeError(Exception):
    """An answer has more than `LARGEST` bytes; the text says to what."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered.

    Attributes:
        status: the HTTP status.
        headers: by name, in whatever case.
        data: the body.
    """

    status: int
    headers: httpx.Headers
    data: bytes


@cache
def trusted(ca: str = "") -> ssl.SSLContext:
    """Return the authorities that are believed; reading them takes longer than a request.

    Args:
        ca: a file with certificates in PEM form that are believed besides the usual ones; empty for none.

    Raises:
        OSError: when the file cannot be read, or holds no certificate (`ssl.SSLError`).
    """
    context = httpx.create_ssl_context()
    if ca:
        context.load_verify_locations(cafile=ca)
    return context


def new_client(ca: str = "", timeout: float = 30.0, transport: httpx.AsyncBaseTransport | None = None) -> Carrier:
    """Return what carries requests; proxies are those that the environment names.

    It follows no redirect by itself, because a token would go there too.

    Args:
        ca: as `trusted`.
        timeout: seconds that one request may take, its whole answer included.
        transport: what carries requests; None for the network.

    Raises:
        OSError: as `trusted`.
    """
    believed = trusted(ca)

    def make() -> httpx.AsyncClient:
        return httpx.AsyncClient(
            headers={"User-Agent": f"promo/{VERSION}"},
            timeout=httpx.Timeout(timeout),
            follow_redirects=False,
            verify=believed,
            transport=transport,
        )

    return Carrier(make, timeout)


def exchange(
    carrier: Carrier,
    method: str,
    url: str,
    *,
    query: Mapping[str, str | int] | None = None,
    body: Any = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Make one request.

    Raises:
        TooLargeError: when the answer is too large.
        httpx.HTTPError: when there is none, only a part of one, or none in time.
    """
    # An empty query would remove the one that a redirect's address has.
    asked = dict(query) if query else None

    async def ask(http: httpx.AsyncClient) -> Answer:
        async with http.stream(method, url, params=asked, json=body, headers=dict(headers or {})) as response:
            data = bytearray()
            async for chunk in response.aiter_bytes():
                data += chunk
                if len(data) > LARGEST:
                    raise TooLargeError(f"the answer to {method} is larger than {LARGEST // 1024 // 1024} MB")
            return Answer(response.status_code, response.headers, bytes(data))

    return carrier.carry(ask)


def is_busy(answer: Answer) -> bool:
    """Say whether the same request may succeed later; GitHub answers with 403 where too much was asked for."""
    headers = answer.headers
    limited = answer.status == 403 and ("retry-after" in headers or headers.get("x-ratelimit-remaining") == "0")
    # The limit on making things is told in words alone at times. Source: GitHub, "rate limits for the REST API".
    spoken = answer.status == 403 and "rate limit" in message_of(answer.data).lower()
    return answer.status in BUSY or limited or spoken


def asked_wait(headers: httpx.Headers, now: float) -> float | None:
    """Return how many seconds the server wants to be left alone; None where it does not say.

    Args:
        headers: of its answer.
        now: seconds since 1970.
    """
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


def message_of(data: bytes) -> str:
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


def host_of(url: str) -> str:
    """Return the host of an address, for people; whoever sent it may have sent anything."""
    try:
        return httpx.URL(url).host or "the same host"
    except httpx.InvalidURL:
        return "an address that is none"
