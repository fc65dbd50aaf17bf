"""`promo serve` as a process of its own over an estate, what everybody sends to it, and what it was seen to run."""

from __future__ import annotations

import hashlib
import hmac
import json
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.support.serving import ROOT
from tests.world.estate import DEPLOY, INTERNAL, Estate
from tests.world.tokens import TOKENS
from tests.world.waiting import PATIENCE, eventually

_WRAPPER = '#!/bin/sh\nprintf "%s\\n" "$*" >> {log}\nexec {git} "$@"\n'


@dataclass(slots=True)
class Service:
    """A service that runs.

    Attributes:
        process: what runs.
        http: calls it.
        output: the files with what it wrote to standard output and standard error.
        commands: the file with the arguments of every Git it began.
        seen: command lines of its children, as they were seen from outside.
    """

    process: subprocess.Popen[bytes]
    http: httpx.Client
    output: tuple[Path, Path]
    commands: Path
    seen: set[bytes] = field(default_factory=set)

    def call(self, method: str, path: str, who: str | None = "olga", **options: Any) -> httpx.Response:
        """Call the API with somebody's token."""
        headers = {"authorization": f"Bearer {TOKENS[f'SERVICE_{who.upper()}']}"} if who else {}
        return self.http.request(method, f"/api/v1{path}", headers=headers, **options)

    def releases(self) -> list[dict[str, Any]]:
        """Return every release, the oldest first."""
        found: list[dict[str, Any]] = self.call("GET", "/releases").json()["releases"]
        return found[::-1]

    def events(self, release: str) -> list[dict[str, Any]]:
        """Return the audit trail of a release."""
        return list(self.call("GET", f"/releases/{release}/events", params={"limit": 500}).json()["events"])

    def github(self, event: str, data: Mapping[str, Any], secret: str = TOKENS["GITHUB_HOOK"]) -> httpx.Response:
        """Send what GitHub sends, signed."""
        repository = {"clone_url": DEPLOY, "ssh_url": "git@git.example.com:pay/deploy.git"}
        body = json.dumps({**data, "repository": repository}).encode()
        signature = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        headers = {"x-github-event": event, "x-hub-signature-256": signature, "content-type": "application/json"}
        return self.http.post("/webhooks/github", content=body, headers=headers)

    def gitlab(self, event: str, data: Mapping[str, Any]) -> httpx.Response:
        """Send what GitLab sends, with its token."""
        project = {"git_http_url": INTERNAL, "git_ssh_url": "git@gitlab.example.com:platform/internal.git"}
        headers = {"x-gitlab-event": event, "x-gitlab-token": TOKENS["GITLAB_HOOK"]}
        return self.http.post("/webhooks/gitlab", json={**data, "project": project}, headers=headers)

    def notify(self, application: str) -> None:
        """Tell what Argo CD's notifications tell."""
        note = {"application": application, "namespace": "argocd"}
        answer = self.http.post("/webhooks/argocd", json=note, headers={"x-promo-token": TOKENS["ARGOCD_HOOK"]})
        assert answer.status_code == 202, answer.text


@contextmanager
def served(
    estate: Estate, parent: Path, *options: str, environment: Mapping[str, str] | None = None
) -> Iterator[Service]:
    """Run the service of an estate until the block ends; its Argo CDs tell it of changes."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "adapters.cli.main", "serve", "--listen", f"127.0.0.1:{port}", *options]
    output = (parent / "stdout", parent / "stderr")
    with output[0].open("ab") as out, output[1].open("ab") as err:
        variables = promo_environment(estate, parent) | dict(environment or {})
        process = subprocess.Popen(command, cwd=estate.folder, env=variables, stdout=out, stderr=err)
    end = threading.Event()
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE, trust_env=False) as http:
        service = Service(process, http, output, parent / "git-commands")
        watching = threading.Thread(target=_watch, args=(service, end))
        watching.start()
        try:
            eventually(lambda: _is_ready(service))
            for runtime in estate.runtimes.values():
                runtime.tell = service.notify
            yield service
        finally:
            for runtime in estate.runtimes.values():
                runtime.tell = lambda name: None
            end.set()
            watching.join()
            process.terminate()
            try:
                process.wait(PATIENCE)
            finally:
                process.kill()


def promo_environment(estate: Estate, parent: Path) -> dict[str, str]:
    """Return the variables promo runs with, with a Git that writes down what it is asked to do."""
    tools = parent / "tools"
    if not tools.exists():
        tools.mkdir()
        real = shutil.which("git")
        assert real is not None
        (tools / "git").write_text(_WRAPPER.format(log=parent / "git-commands", git=real), "utf-8")
        (tools / "git").chmod(0o755)
    path = f"{tools}:{estate.environment['PATH']}"
    return dict(estate.environment) | {"PATH": path, "PYTHONPATH": str(ROOT), "COLUMNS": "200", "NO_COLOR": "1"}


def _is_ready(service: Service) -> bool:
    assert service.process.poll() is None, service.output[1].read_text("utf-8")
    try:
        if service.http.get("/readyz").status_code != 200:
            return False
    except httpx.TransportError:
        return False
    # The repository where flows begin has been looked at, so that what is pushed from now on is new.
    return 'promo_source_looks_total{result="done"} 1.0' in service.http.get("/metrics").text


def _watch(service: Service, end: threading.Event) -> None:
    """See what the process and its children are called with, again and again."""
    while not end.wait(0.03):
        service.seen |= {line for line in map(_command_line, _family(service.process.pid)) if line}


def _family(root: int) -> list[int]:
    found = [root]
    for one in found:
        try:
            for children in Path(f"/proc/{one}/task").glob("*/children"):
                found += [int(child) for child in children.read_text("ascii").split()]
        except OSError:
            continue  # it has ended meanwhile
    return found


def _command_line(process: int) -> bytes:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return b""
