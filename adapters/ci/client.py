"""HTTP to one forge: bounded answers, patience with a busy server, and a token that goes to no other host."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import httpx

from adapters.ci.failure import CiError, RefusedError, UnsureError
from adapters.forge.exchange import (
    Answer,
    TooLargeError,
    asked_wait,
    exchange,
    host_of,
    is_busy,
    message_of,
    new_client,
)
from adapters.remote.refusals import is_strangers
from grammar.render import printable

_ATTEMPTS = 4
_LONGEST_WAIT = 60.0  # seconds
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
    transport: httpx.AsyncBaseTransport | None = None

    def ask(self, method: str, path: str, *, query: Mapping[str, str | int] | None = None, body: Any = None) -> Any:
        """Make a request and return the JSON it is answered with; None for an empty answer.

        A busy server is asked again, up to four times, as long after as it says, and so is one in whose place a proxy
        answers that nothing is there. A POST is only repeated where the server says that it did nothing.

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
        with closing(new_client(transport=self.transport)) as http:
            for attempt in range(1, _ATTEMPTS + 1):
                try:
                    answer = exchange(http, method, f"{self.api}{path}", query=query, body=body, headers=self.headers)
                except TooLargeError as large:
                    raise CiError(str(large)) from large
                except httpx.HTTPError as failed:
                    self._lost(method, failed, last=attempt == _ATTEMPTS)
                    self.sleep(2.0 ** (attempt - 1))
                    continue
                strange = is_strangers(answer.status, answer.data)
                if not strange and not is_busy(answer):
                    return self._answer(answer, f"{method} {path}")
                if method == "POST" and (strange or answer.status >= 500):
                    raise UnsureError(f"the server answered with {answer.status}")
                if attempt < _ATTEMPTS:
                    self._wait(answer.headers, attempt)
        if strange:
            told = f"{host_of(self.api)} answered {_ATTEMPTS} times with {answer.status}"
            raise CiError(
                f"{told}; something else may have answered",
                "set the address of the API to the forge's own, or run the job again when the forge is back",
            )
        raise CiError(
            f"the server is too busy: it answered {_ATTEMPTS} times with {answer.status}", "run the job again later"
        )

    def _lost(self, method: str, failed: httpx.HTTPError, *, last: bool) -> None:
        message = f"the server at {host_of(self.api)} cannot be reached: {self._shown(str(failed) or repr(failed))}"
        never_sent = isinstance(failed, httpx.ConnectError | httpx.ConnectTimeout | httpx.UnsupportedProtocol)
        if method not in _HARMLESS and not never_sent:
            raise UnsureError(message) from failed
        if last:
            raise CiError(message, "check the network, proxies and certificates of the runner") from failed

    def _wait(self, headers: httpx.Headers, attempt: int) -> None:
        seconds = asked_wait(headers, self.now())
        if seconds is None:
            seconds = 2.0 ** (attempt - 1)
        if seconds > _LONGEST_WAIT:
            raise CiError(f"the server asks to come back in {seconds:.0f} seconds", "run the job again then")
        self.sleep(max(0.0, seconds))

    def _answer(self, answer: Answer, what: str) -> Any:
        status, headers, data = answer.status, answer.headers, answer.data
        gone = status == 404 and what.startswith("DELETE")  # which is what was wanted
        if 200 <= status < 300 or gone:
            if not data or gone:
                return None
            try:
                return json.loads(data)
            except (ValueError, RecursionError) as failed:
                raise CiError(f"the answer to {what} is not JSON", "is the address that of an API?") from failed
        said = self._shown(message_of(data))
        if 300 <= status < 400:
            # Where it leads is not followed, since the token would go there too.
            raise CiError(
                f"{what} is redirected to {self._shown(host_of(headers.get('location', '')))}, which is not followed",
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
