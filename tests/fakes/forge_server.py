"""A forge as a real HTTP server: pages, ETags, refusals, and answers that are late, cut off or lost."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.fakes.forge_routes import ROUTES, Reply, Route
from tests.fakes.forge_state import ForgeState, RefusedError
from tests.fakes.socket_thread import listening

TOKEN = "secret-token-0123456789"
PREFIX = {"github": "", "gitlab": "/api/v4", "gitea": "/api/v1"}


@dataclass
class Fault:
    """How the next request that fits fails.

    Attributes:
        method: of the request.
        path: a pattern that its path must have.
        status: what it is answered with; None for no answer at all.
        headers: of the answer.
        message: what it says.
        done: whether what was asked for is done all the same.
        truncated: whether only a part of the answer is sent.
    """

    method: str
    path: str = ""
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    message: str = "out of order"
    done: bool = False
    truncated: bool = False


@dataclass
class Exchange:
    """One request and its answer, for those who check them against a forge's description."""

    route: Route | None
    method: str
    path: str
    query: dict[str, str]
    data: Any
    status: int
    body: Any
    headers: tuple[tuple[str, str], ...] = ()


@dataclass
class ForgeServer:
    """A server of one forge with one repository.

    Attributes:
        kind: `github`, `gitlab` or `gitea`.
        state: what it knows.
        url: the address of its API.
        faults: what fails next.
        exchanges: everything that was asked and answered.
        unchanged: how often it answered that nothing has changed.
        page: the most objects of a page.
        complete: makes an answer out of what the state says.
        token: the one it knows.
        presented: the token of every request as it came, in order.
    """

    kind: str
    state: ForgeState
    url: str = ""
    faults: list[Fault] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)
    unchanged: int = 0
    page: int = 100
    complete: Callable[[Route, Reply], Any] = lambda route, reply: reply.body
    token: str = TOKEN
    presented: list[str] = field(default_factory=list, repr=False)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def written(self) -> list[str]:
        """The requests that would change something."""
        return [f"{seen.method} {seen.path}" for seen in self.exchanges if seen.method != "GET"]

    def authorised(self, headers: Any) -> bool:
        wanted = {"github": f"Bearer {self.token}", "gitea": f"token {self.token}"}.get(self.kind)
        given = headers.get("Authorization") if wanted else headers.get("PRIVATE-TOKEN")
        self.presented.append(given or "")
        return bool(given == (wanted or self.token))

    def fault(self, method: str, path: str) -> Fault | None:
        for fault in self.faults:
            if fault.method == method and re.search(fault.path, path):
                self.faults.remove(fault)
                return fault
        return None

    def answer(self, method: str, path: str, query: dict[str, str], data: Any, authorised: bool) -> Exchange:
        """Do what is asked."""
        if not authorised:
            return Exchange(None, method, path, query, data, 401, {"message": "Bad credentials"})
        self.state.refresh()
        for found in ROUTES[self.kind]:
            match = found.pattern.fullmatch(path)
            if found.method != method or match is None:
                continue
            if "number" in match.groupdict() and not match["number"].isdigit():
                continue
            try:
                reply = found.answer(self.state, match, query, data)
            except RefusedError as refused:
                body = {"message": refused.message, "documentation_url": "https://forge.example.com/docs"}
                return Exchange(found, method, path, query, data, refused.status, body)
            body = self.complete(found, reply)
            return Exchange(found, method, path, query, data, reply.status, self.paged(body, query), reply.headers)
        return Exchange(None, method, path, query, data, 404, {"message": f"Not Found: {method} {path}"})

    def paged(self, body: Any, query: dict[str, str]) -> Any:
        if not isinstance(body, list) or "page" not in query:
            return body
        size = min(self.page, int(query.get("per_page") or query.get("limit") or 30))
        start = (int(query["page"]) - 1) * size
        return body[start : start + size]


class _Handler(BaseHTTPRequestHandler):
    forge: ForgeServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        data = json.loads(self.rfile.read(length)) if length else None
        with self.forge.lock:
            fault = self.forge.fault(self.command, parts.path)
            if fault is None or fault.done or fault.truncated:
                query = dict(parse_qsl(parts.query))
                known = self.forge.authorised(self.headers)
                seen = self.forge.answer(self.command, parts.path, query, data, known)
                self.forge.exchanges.append(seen)
        if fault is not None and not fault.truncated:
            self.fail(fault)
        else:
            self.reply(seen, truncated=fault is not None)

    do_POST = do_PATCH = do_PUT = do_DELETE = do_GET  # noqa: N815

    def fail(self, fault: Fault) -> None:
        if fault.status is None:
            self.close_connection = True
            return
        self.send(fault.status, {"message": fault.message}, fault.headers)

    def reply(self, seen: Exchange, truncated: bool) -> None:
        headers = dict(seen.headers)
        if self.command == "GET" and seen.status == 200:
            tag = '"' + hashlib.sha256(json.dumps(seen.body).encode()).hexdigest()[:20] + '"'
            headers["ETag"] = tag
            if self.headers.get("If-None-Match") == tag:
                self.forge.unchanged += 1
                self.send(304, None, headers)
                return
        self.send(seen.status, seen.body, headers, truncated=truncated)

    def send(self, status: int, body: Any, headers: dict[str, str], truncated: bool = False) -> None:
        payload = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload[: len(payload) // 2] if truncated else payload)
        self.close_connection = self.close_connection or truncated

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def serve(forge: ForgeServer) -> Iterator[ForgeServer]:
    """Answer requests on a port of this machine until the block ends."""
    handler = type("Handler", (_Handler,), {"forge": forge})
    with listening(handler) as url:
        forge.url = f"{url}{PREFIX[forge.kind]}"
        yield forge
