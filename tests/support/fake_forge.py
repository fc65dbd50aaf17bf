"""A forge as far as comments go: a real HTTP server with the routes, limits and refusals of three kinds of them.

Sources: GitHub's REST API ("issue comments"), Gitea's ("issue", which does not divide comments into pages) and GitLab's
("notes").
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.fakes.socket_thread import listening

REPOSITORY = "shop/storefront-gitops"
PROJECT = "4711"
TOKEN = "secret-token-0123456789"
OWN, SOMEBODY = 41, 7
ROUTES = {
    "github": rf"/repos/{REPOSITORY}/issues/(?:comments/(?P<id>\d+)|(?P<number>\d+)/comments)",
    "gitea": rf"/api/v1/repos/{REPOSITORY}/issues/(?:comments/(?P<id>\d+)|(?P<number>\d+)/comments)",
    "gitlab": rf"/api/v4/projects/{PROJECT}/merge_requests/(?P<number>\d+)/notes(?:/(?P<id>\d+))?",
}
PREFIX = {"github": "", "gitea": "/api/v1", "gitlab": "/api/v4"}
LONGEST = {"github": 65_536, "gitea": 65_536, "gitlab": 1_000_000}
REPLACE = {"github": "PATCH", "gitea": "PATCH", "gitlab": "PUT"}


@dataclass
class Failure:
    """How the next request of a method fails: with a status, or without an answer; done all the same or not."""

    method: str
    status: int | None
    headers: dict[str, str] = field(default_factory=dict)
    done: bool = False
    message: str = "out of order"


@dataclass
class FakeForge:
    """The state of the server.

    Attributes:
        kind: `github`, `gitea` or `gitlab`.
        job_token: whether the token is a job's, which has no account it could ask for.
        may_write: whether the token may write.
        comments: what there is, the oldest first.
        requests: method, path and query of each request.
        failures: what fails next.
        url: the address of its API.
    """

    kind: str
    job_token: bool = False
    may_write: bool = True
    page: int = 100
    comments: list[dict[str, Any]] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    url: str = ""

    @property
    def written(self) -> list[str]:
        """The methods of requests that would change something."""
        return [request.split()[0] for request in self.requests if not request.startswith("GET ")]

    def bodies(self) -> list[str]:
        return [comment["body"] for comment in self.comments]

    def add(self, body: str, *, ours: bool = False, system: bool = False) -> dict[str, Any]:
        identity = 1 + max((comment["id"] for comment in self.comments), default=100)
        who = {"id": OWN if ours else SOMEBODY, "login": "gitea-actions" if ours else "mallory", "type": "User"}
        if self.kind == "github" and ours:
            who |= {"login": "github-actions[bot]", "type": "Bot"}
        author = "author" if self.kind == "gitlab" else "user"
        comment: dict[str, Any] = {"id": identity, "body": body, author: who, "system": system}
        self.comments.append(comment)
        return comment

    def answer(self, method: str, target: str, authorised: bool, data: Any) -> tuple[int, Any]:
        """Return the status and the JSON of an answer."""
        parts = urlsplit(target)
        if not authorised:
            return 401, {"message": "Bad credentials"}
        if parts.path == f"{PREFIX[self.kind]}/user":
            refused = {"message": "Resource not accessible by integration"}
            return (403, refused) if self.job_token else (200, {"id": OWN})
        found = re.fullmatch(ROUTES[self.kind], parts.path)
        if found is None:
            return 404, {"message": f"Not Found {parts.path}"}
        if method == "GET":
            return 200, self._listed(parse_qs(parts.query))
        if not self.may_write:
            return 403, {"message": "Resource not accessible by integration"}
        return self._write(method, found["id"], data)

    def _listed(self, query: dict[str, list[str]]) -> list[dict[str, Any]]:
        if self.kind == "gitea":
            return self.comments
        size = min(self.page, int(query["per_page"][0]))
        start = (int(query["page"][0]) - 1) * size
        return self.comments[start : start + size]

    def _write(self, method: str, identity: str | None, data: Any) -> tuple[int, Any]:
        if method != "DELETE" and len(data["body"]) > LONGEST[self.kind]:
            return 422, {"message": "Validation Failed: body is too long"}
        if method == "POST" and identity is None:
            return 201, self.add(data["body"].replace("\n", "\r\n"), ours=True)
        at = next((n for n, comment in enumerate(self.comments) if str(comment["id"]) == identity), None)
        if at is None:
            return 404, {"message": "Not Found"}
        if method == "DELETE":
            del self.comments[at]
            return 204, None
        assert method == REPLACE[self.kind]
        self.comments[at]["body"] = data["body"]
        return 200, self.comments[at]


@contextmanager
def serve(forge: FakeForge) -> Iterator[FakeForge]:
    """Answer requests on a port of this machine until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.handle_any()

        do_POST = do_PATCH = do_PUT = do_DELETE = do_GET  # noqa: N815

        def handle_any(self) -> None:
            data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            forge.requests.append(f"{self.command} {self.path}")
            wanted = {"github": f"Bearer {TOKEN}", "gitea": f"token {TOKEN}"}.get(forge.kind)
            given = self.headers.get("Authorization") if wanted else self.headers.get("PRIVATE-TOKEN")
            failure = next((found for found in forge.failures if found.method == self.command), None)
            status, body = 0, None
            if failure is None or failure.done:
                known = given == (wanted or TOKEN)
                status, body = forge.answer(self.command, self.path, known, json.loads(data) if data else None)
            if failure is not None:
                forge.failures.remove(failure)
                if failure.status is None:
                    self.close_connection = True
                    return
                status, body = failure.status, {"message": failure.message}
            self.reply(status, body, failure.headers if failure else {})

        def reply(self, status: int, body: Any, headers: dict[str, str]) -> None:
            payload = b"" if body is None else json.dumps(body).encode()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    with listening(Handler) as url:
        forge.url = f"{url}{PREFIX[forge.kind]}"
        yield forge
