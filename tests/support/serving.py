"""`promo serve` as a process of its own, and calls to it."""

from __future__ import annotations

import hashlib
import hmac
import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.support.gitrepo import git_environment
from tests.support.service_world import SECRET, TOKENS, ServiceWorld
from tests.support.waiting import PATIENCE, eventually

ROOT = Path(__file__).parents[2]
LOOKS = 'promo_source_looks_total{result="done"}'
"""How many looks at repositories a service has made."""


@dataclass(slots=True)
class Served:
    """A service that runs.

    Attributes:
        process: what runs.
        http: calls it.
        log: what it writes to.
    """

    process: subprocess.Popen[bytes]
    http: httpx.Client
    log: Path

    def call(self, method: str, path: str, who: str | None = "alice", **options: Any) -> httpx.Response:
        """Call the API with somebody's token."""
        headers = {"authorization": f"Bearer {TOKENS[who]}"} if who else {}
        return self.http.request(method, f"/api/v1{path}", headers=headers | options.pop("headers", {}), **options)

    def releases(self) -> list[dict[str, Any]]:
        """Return every release, the oldest first."""
        found: list[dict[str, Any]] = []
        before: dict[str, str] = {}
        while True:
            page = self.call("GET", "/releases", params={"limit": 200} | before).json()
            found += page["releases"]
            if page["next"] is None:
                return found[::-1]
            before = {"before": page["next"]}

    def metric(self, name: str) -> float:
        """Return a number of `/metrics`; 0 where it is not there."""
        lines = [line for line in self.http.get("/metrics").text.splitlines() if line.startswith(name + " ")]
        return float(lines[0].rpartition(" ")[2]) if lines else 0.0

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Ask it to end, and return what it ended with."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


@contextmanager
def served(world: ServiceWorld, log: Path, *options: str, beside: Served | None = None) -> Iterator[Served]:
    """Run the service of a workspace until a block ends.

    Args:
        world: the workspace.
        log: what the service writes to.
        options: of `promo serve`.
        beside: another that shares its store, and may be the one that looks at the repositories when it begins.
    """
    looked = beside.metric(LOOKS) if beside else 0.0
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "adapters.cli.main", "serve", "--listen", f"127.0.0.1:{port}", *options]
    environment = git_environment() | world.environment | {"PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(log.parent)}
    with open(log, "ab") as file:
        process = subprocess.Popen(command, cwd=world.folder, env=environment, stdout=file, stderr=file)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE, trust_env=False) as http:
            running = Served(process, http, log)
            eventually(lambda: is_ready(running))
            eventually(lambda: running.metric(LOOKS) > 0 or (beside is not None and beside.metric(LOOKS) > looked))
            yield running
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def is_ready(running: Served) -> bool:
    """Say whether a service answers and says that it is ready."""
    assert running.process.poll() is None, running.log.read_text(encoding="utf-8")
    try:
        return running.http.get("/readyz").status_code == 200
    except httpx.TransportError:
        return False


def push_hook(world: ServiceWorld, sha: str, secret: str = SECRET, before: str = "1" * 40) -> dict[str, Any]:
    """Return what GitHub sends for a push, as arguments of a request."""
    data = {
        "ref": "refs/heads/main",
        "before": before,
        "after": sha,
        "repository": {"clone_url": world.url, "ssh_url": "git@git.example.com:apps.git"},
        "commits": [{"id": sha}],
    }
    body = json.dumps(data).encode()
    signature = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    headers = {"x-github-event": "push", "x-hub-signature-256": signature, "content-type": "application/json"}
    return {"content": body, "headers": headers}
