"""Git over HTTP: `git http-backend` behind a password, as forges have it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from tests.fakes.socket_thread import listening
from tests.support.gitrepo import GIT, git_environment
from tests.world.tokens import GIT_USER, basic

_SETTINGS = {"uploadpack.allowFilter": "true", "uploadpack.allowAnySHA1InWant": "true", "safe.directory": "*"}


@dataclass
class GitHost:
    """A host of repositories.

    Attributes:
        folder: everything below it is served.
        password: what it asks for.
        url: its address.
        presented: the ``Authorization`` of every request, in order.
        moved_to: where everybody it knows is sent instead; empty for nowhere.
    """

    folder: Path
    password: str
    url: str = ""
    presented: list[str] = field(default_factory=list, repr=False)
    moved_to: str = ""


class _Handler(BaseHTTPRequestHandler):
    host: GitHost
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        given = self.headers.get("Authorization", "")
        self.host.presented.append(given)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if given != f"Basic {basic(self.host.password)}":
            self.answer(401, {"WWW-Authenticate": 'Basic realm="repositories"'}, b"who is there?\n")
        elif self.host.moved_to:
            self.answer(302, {"Location": f"{self.host.moved_to}{self.path}"}, b"")
        else:
            self.answer(*self.backend(body))

    do_POST = do_GET  # noqa: N815

    def backend(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        """Run Git's own server for one request. Source: RFC 3875."""
        parts = urlsplit(self.path)
        asked = {
            "GATEWAY_INTERFACE": "CGI/1.1",
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_PROJECT_ROOT": str(self.host.folder),
            "PATH_INFO": unquote(parts.path),
            "QUERY_STRING": parts.query,
            "REMOTE_USER": GIT_USER,
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            "GIT_CONFIG_COUNT": str(len(_SETTINGS)),
        }
        for number, (name, value) in enumerate(_SETTINGS.items()):
            asked |= {f"GIT_CONFIG_KEY_{number}": name, f"GIT_CONFIG_VALUE_{number}": value}
        done = subprocess.run(
            [GIT, "http-backend"], input=body, env=git_environment() | asked, capture_output=True, check=True
        )
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode("ascii").split("\r\n"))
        status = int(headers.pop("Status", "200 OK").split()[0])
        return status, headers, content

    def answer(self, status: int, headers: dict[str, str], content: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def serving(host: GitHost) -> Iterator[GitHost]:
    """Answer on a port of this machine until the block ends."""
    with listening(type("Handler", (_Handler,), {"host": host})) as url:
        host.url = url
        yield host
