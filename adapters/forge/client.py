"""The API of one forge: one try a call, with answers that are kept by their ETag, and a token for no other server."""

from __future__ import annotations

import json
import threading
import time
import weakref
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import httpx

from adapters.forge.carrier import Carrier
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
from adapters.remote.refusals import is_json, is_strangers, stranger
from adapters.secrets import Secret, SecretError
from engine.execute.errors import RetryableError, TerminalError
from grammar.render import printable

_KEPT = 1_000
_LARGEST_KEPT = 256 * 1024
_MOST_PAGES = 100
_MOST_REDIRECTS = 3


class StatusError(TerminalError):
    """The forge understood, and refused.

    Attributes:
        status: the HTTP status.
    """

    def __init__(self, status: int, reason: str, help: str = "") -> None:
        """Describe the refusal."""
        super().__init__(reason, help)
        self.status = status


class Client:
    """Makes requests below one address; safe to use from several threads."""

    def __init__(
        self,
        api: str,
        headers: Callable[[str], Mapping[str, str]],
        token: Callable[[], Secret],
        *,
        ca: str = "",
        timeout: float = 30.0,
        now: Callable[[], float] = time.time,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Prepare; nothing is asked yet.

        Args:
            api: the address of the API, without a slash at the end.
            headers: what every request carries, from the token.
            token: returns the token as it is now; raises `SecretError`.
            ca: a file of certificates that are believed besides the usual ones.
            timeout: seconds that one request may take, its whole answer included.
            now: the time, in seconds since 1970.
            transport: what carries requests; None for the network, with proxies as the environment names them.
        """
        self.api = api
        self._headers = headers
        self._token = token
        self._ca = ca
        self._timeout = timeout
        self._now = now
        self._transport = transport
        self._kept: OrderedDict[str, tuple[str, bytes]] = OrderedDict()
        self._lock = threading.Lock()
        self._http: Carrier | None = None

    @property
    def host(self) -> str:
        """The host of the API, for people."""
        return host_of(self.api)

    def close(self) -> None:
        """End connections; later requests make new ones."""
        with self._lock:
            if self._http is not None:
                self._http.close()
            self._http = None

    def ask(self, method: str, path: str, *, query: Mapping[str, str | int] | None = None, body: Any = None) -> Any:
        """Make one request and return the JSON it is answered with; None for an empty answer.

        A request that failed may have been carried out; whoever repeats it looks first.

        Args:
            method: e.g. ``GET``; such an answer is asked for again only if it changed.
            path: what comes after the API's address, beginning with a slash.
            query: the query's parameters.
            body: what to send as JSON; None for nothing.

        Raises:
            StatusError: the forge refused.
            RetryableError: it cannot be reached, is busy, or its answer was cut off; `StrangerError` where something
                else says that there is no such thing.
            TerminalError: the token cannot be read, or what answered is no such API.
        """
        return _json(self.answer(method, path, query=query, body=body).data, f"{method} {path}", self.host)

    def find(self, path: str, *, query: Mapping[str, str | int] | None = None) -> Any:
        """Return what is at a path; None where there is nothing.

        Raises:
            AdapterError: as `ask`.
        """
        try:
            return self.ask("GET", path, query=query)
        except StatusError as refused:
            if refused.status == 404:
                return None
            raise

    def pages(self, path: str, query: Mapping[str, str | int]) -> Iterator[dict[str, Any]]:
        """Return the objects on all pages of a list.

        The list ends with a page that brings nothing new: some servers send fewer than were asked for, and some send
        the whole list whatever page is asked for.

        Raises:
            AdapterError: as `ask`; also when the list has no end.
        """
        seen: set[object] = set()
        for page in range(1, _MOST_PAGES + 1):
            found = self.ask("GET", path, query={**query, "page": page})
            if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
                raise TerminalError(f"{self.host} answered GET {path} with no list of objects", _NO_API)
            fresh = [item for item in found if item.get("id") not in seen]
            if not fresh:
                return
            seen |= {item.get("id") for item in fresh}
            yield from fresh
        raise TerminalError(f"{self.host} has more than {_MOST_PAGES} pages of GET {path}")

    def answer(
        self, method: str, path: str, *, query: Mapping[str, str | int] | None = None, body: Any = None
    ) -> Answer:
        """Make one request and return the whole answer, which is a success.

        Raises:
            AdapterError: as `ask`.
        """
        what = f"{method} {path}"
        token = self._secret()
        url = f"{self.api}{path}"
        for _ in range(_MOST_REDIRECTS):
            answer = self._once(method, url, query, body, token)
            moved = self._moved(method, url, answer)
            if moved is None:
                break
            url, query = moved, None
        if is_busy(answer):
            raise RetryableError(
                f"{self.host} is busy: it answered {what} with {answer.status}: "
                f"{_shown(message_of(answer.data), token)}",
                after=asked_wait(answer.headers, self._now()),
            )
        if 200 <= answer.status < 300:
            return answer
        if is_strangers(answer.status, answer.data):
            raise stranger(f"{self.host} answered {what} with {answer.status}", _NO_API)
        raise self._refusal(answer, what, token)

    def _secret(self) -> Secret:
        try:
            return self._token()
        except SecretError as missing:
            raise TerminalError(str(missing), missing.help) from missing

    def _connected(self) -> Carrier:
        with self._lock:
            if self._http is None:
                try:
                    self._http = new_client(self._ca, self._timeout, self._transport)
                except OSError as wrong:
                    raise TerminalError(
                        f"the certificates in `{self._ca}` cannot be used: {wrong.strerror or wrong}", "correct `ca`"
                    ) from wrong
                weakref.finalize(self, self._http.close)
            return self._http

    def _once(self, method: str, url: str, query: Mapping[str, str | int] | None, body: Any, token: Secret) -> Answer:
        key = f"{url}?{sorted(query.items()) if query else ''}"
        kept = self._kept.get(key) if method == "GET" else None
        headers = dict(self._headers(token.reveal())) | ({"If-None-Match": kept[0]} if kept else {})
        try:
            answer = exchange(self._connected(), method, url, query=query, body=body, headers=headers)
        except TooLargeError as large:
            raise TerminalError(f"{self.host}: {large}", _NO_API) from large
        except httpx.HTTPError as failed:
            said = _shown(str(failed) or repr(failed), token)
            raise RetryableError(f"{self.host} cannot be reached: {said}") from failed
        except (httpx.InvalidURL, ValueError) as wrong:
            raise TerminalError(f"{self.host} is no address that can be asked", "correct `api`") from wrong
        answer = Answer(answer.status, answer.headers, token.taken_from(answer.data))
        if kept is not None and answer.status == 304:
            return Answer(200, answer.headers, kept[1])
        if method == "GET":
            self._keep(key, answer)
        return answer

    def _keep(self, key: str, answer: Answer) -> None:
        tag = answer.headers.get("etag", "")
        with self._lock:
            self._kept.pop(key, None)
            # One that was cut on its way would be taken for unchanged from then on.
            if answer.status == 200 and tag and len(answer.data) <= _LARGEST_KEPT and is_json(answer.data):
                self._kept[key] = (tag, answer.data)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)

    def _moved(self, method: str, url: str, answer: Answer) -> str | None:
        """Return where a repository that was renamed is now, on this very server; None where nothing is to follow."""
        if answer.status not in (301, 302, 307, 308) or (method != "GET" and answer.status in (301, 302)):
            return None
        try:
            here = httpx.URL(url)
            there = here.join(answer.headers.get("location", ""))
        except httpx.InvalidURL:
            return None
        same = (here.scheme, here.host, here.port) == (there.scheme, there.host, there.port)
        return str(there.copy_with(userinfo=b"")) if same else None

    def _refusal(self, answer: Answer, what: str, token: Secret) -> TerminalError:
        status, said = answer.status, _shown(message_of(answer.data), token)
        if 300 <= status < 400:
            # Where it leads is not followed, since the token would go there too.
            to = _shown(host_of(answer.headers.get("location", "")), token)
            return TerminalError(
                f"{self.host} redirects {what} to {to}, which is not followed", "set `api` to the address it moved to"
            )
        if status == 401:
            return StatusError(
                status, f"{self.host} does not know the token: {said}", "it may have expired, or be another server's"
            )
        help_text = {
            403: "give the token the right to read and write pull requests and statuses of this repository",
            404: "the token may not see the repository, or there is no such thing in it",
        }.get(status, "")
        return StatusError(status, f"{self.host} answered {what} with {status}: {said}", help_text)


_NO_API = "set `api` to the address of the forge's API"


def _json(data: bytes, what: str, host: str) -> Any:
    if not data:
        return None
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as wrong:
        # A proxy that is being restarted answers with HTML; so does an address that is none of an API.
        raise RetryableError(f"{host} answered {what} with something that is not JSON", _NO_API) from wrong


def _shown(text: str, token: Secret) -> str:
    return printable(token.hidden_in(text))[:300]
