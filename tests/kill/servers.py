"""The servers of a kill test over HTTP, as a process: ``python -m tests.kill.servers FOLDER SEED``.

An Argo CD, an Argo Workflows, a forge and Git, each behind a proxy that makes faults the whole time. Where they are is
written to ``servers.json``; when standard input ends, what was made in them is written to ``effects.json``.
"""

from __future__ import annotations

import contextlib
import json
import random
import select
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.fakes.argocd_controller import Behaviour
from tests.fakes.argocd_server import FakeArgoCd
from tests.fakes.argocd_server import serving as serving_argocd
from tests.fakes.fault_proxy import Fault, FaultProxy, Kind, TcpRelay
from tests.fakes.forge_server import ForgeServer, serve
from tests.fakes.forge_state import SOMEBODY, FakePull, ForgeState, RefusedError
from tests.fakes.live_clock import LiveClock
from tests.fakes.workflows_controller import FakeRun, Script
from tests.fakes.workflows_server import FakeArgo
from tests.fakes.workflows_server import serving as serving_argo
from tests.support.gitdaemon import GitDaemon
from tests.support.gitrepo import GitRepo

PROJECT = "shop/apps"
STEP = "promo.io/step"

FAULTS = 0.2
"""The share of requests that go wrong."""

_WEIGHTS = {
    Kind.CUT: 25,
    Kind.STATUS: 20,
    Kind.DELAY: 10,
    Kind.TRUNCATE: 10,
    Kind.HALVE: 10,
    Kind.GARBAGE: 5,
    Kind.PAGE: 5,
    Kind.TWICE: 5,
    Kind.HANG: 5,
    Kind.MISTYPED: 5,
    Kind.DRIP: 5,
}
_DELAY = (0.05, 0.5)
"""Seconds that an answer comes late."""

_DRIP = (0.0001, 0.01)
"""Seconds between two bytes: some answers still come in time, most do not."""

_SYNC = 1.2
"""Seconds that a sync takes, so that Argo CD refuses one that is delivered a second time. It writes whole seconds down
as the beginning, so some of it may be over already."""

_STATUSES = (429, 500, 502, 503, 504)


@dataclass
class CountingArgo(FakeArgo):
    """Writes down when a workflow was made, and for which step."""

    made: list[tuple[float, str]] = field(default_factory=list)

    def create(self, document: dict[str, Any]) -> FakeRun:
        run = super().create(document)
        self.made.append((time.time(), document["metadata"]["annotations"][STEP]))
        return run


@dataclass
class CountingForge(ForgeState):
    """Writes down when a pull request was opened and merged, by the branch it is from."""

    opened: list[tuple[float, str]] = field(default_factory=list)
    merges: list[tuple[float, str]] = field(default_factory=list)

    def open(self, head: str, base: str, title: str, body: str, draft: bool) -> FakePull:
        pull = super().open(head, base, title, body, draft)
        self.opened.append((time.time(), head))
        return pull

    def merge(self, pull: FakePull, how: str, expected: str, message: str, by: str = SOMEBODY) -> str:
        commit = super().merge(pull, how, expected, message, by)
        self.merges.append((time.time(), pull.head))
        return commit


@dataclass
class Chaos:
    """Chooses faults."""

    random: random.Random

    def __call__(self, method: str, target: str) -> Fault | None:
        if self.random.random() >= FAULTS:
            return None
        (kind,) = self.random.choices(list(_WEIGHTS), list(_WEIGHTS.values()))
        return Fault(
            kind,
            done=self.random.random() < 0.7,
            seconds=self.random.uniform(*(_DRIP if kind is Kind.DRIP else _DELAY)),
            status=self.random.choice(_STATUSES),
            headers={"Retry-After": "1"},
        )


class Servers:
    """All of them.

    Attributes:
        where: their addresses, and that of the repository.
        repo: that everybody pushes to.
    """

    def __init__(self, folder: Path, seed: int, stack: ExitStack) -> None:
        self.where: dict[str, str] = {}
        self._folder = folder
        self._random = random.Random(seed)
        self._stack = stack
        self.repo = GitRepo(folder / "served" / PROJECT, bare=True)
        self._pushes = folder / "pushed"
        self._write_hook()
        self._argo = CountingArgo(LiveClock())
        self._argo.add("smoke-tests", Script(seconds=0.1, ttl=1.0))
        self._forge = CountingForge(self.repo, PROJECT)
        self._argocd = FakeArgoCd(LiveClock())
        self._proxies: list[FaultProxy] = []

    def begin(self) -> None:
        """Serve all of them."""
        daemon = self._stack.enter_context(GitDaemon(self._folder / "served", writable=True))
        host, _, port = daemon.url("").removeprefix("git://").rstrip("/").partition(":")
        self._relay = self._stack.enter_context(TcpRelay((host, int(port))))
        self.url = f"git://{self._relay.address}/{PROJECT}"
        self._argocd.repositories[self.url] = self.repo
        self._server = self._stack.enter_context(serve(ForgeServer("github", self._forge)))
        self.where = {
            "repository": self.url,
            "path": str(self.repo.path),
            "argocd": self._proxied(self._stack.enter_context(serving_argocd(self._argocd)).url),
            "workflows": self._proxied(self._stack.enter_context(serving_argo(self._argo)).url),
            "forge": self._proxied(self._server.url),
        }

    def _proxied(self, url: str) -> str:
        proxy = self._stack.enter_context(FaultProxy(url))
        proxy.chaos = Chaos(random.Random(self._random.random()))
        self._proxies.append(proxy)
        return proxy.url

    def have(self, product: str) -> None:
        """Have the applications of a product; that of ``prod`` does not sync by itself."""
        with self._argocd.lock:
            for environment in ("dev", "qa", "prod"):
                name = f"{product}-{environment}"
                source = {"repoURL": self.url, "path": name, "targetRevision": "main"}
                app = self._argocd.add(name, {"source": source}, automated=environment != "prod")
                app.behaviour = Behaviour(sync_takes=_SYNC, progressing=0)

    def tick(self) -> None:
        """Merge what is open, and cut connections to Git now and then."""
        with self._server.lock:
            self._forge.refresh()
            for pull in self._forge.pulls:
                if pull.state == "open" and self._random.random() < 0.3:
                    with contextlib.suppress(RefusedError):  # somebody pushed at the same moment; it is merged later
                        self._forge.merge(pull, "merge", "", f"Merge {pull.head}")
        if self._random.random() < 0.05:
            self._relay.cut()

    def effects(self) -> dict[str, Any]:
        """Return what was made: kind, time, and key or branch."""
        proxied = [proxy.passed for proxy in self._proxies]
        return {
            "runs": self._argo.made,
            "opened": self._forge.opened,
            "merged": self._forge.merges,
            "syncs": self._argocd.syncs,
            "commits": list(self._commits()),
            "complaints": [*self._argo.complaints, *self._argocd.complaints],
            "requests": sum(map(len, proxied)),
            "faults": Counter(one.fault.kind.name for passed in proxied for one in passed if one.fault is not None),
        }

    def _commits(self) -> Iterator[tuple[float, str]]:
        """Yield the promotions on main and when each came there, as far as it was pushed."""
        pushed = dict(line.split()[::-1] for line in self._pushes.read_text().splitlines())
        log = self.repo.git(
            "log", "--reverse", "--format=%H %(trailers:key=Promo-Step,valueonly,separator=%x20)", "main"
        )
        for line in log.splitlines():
            sha, _, key = line.partition(" ")
            if key.strip():
                yield float(pushed.get(sha, 0)), key.strip()

    def _write_hook(self) -> None:
        self._pushes.touch()
        hook = self.repo.path / "hooks" / "post-receive"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f'#!/bin/sh\nwhile read old new ref; do echo "$(date +%s.%N) $new" >> {self._pushes}; done\n')
        hook.chmod(0o755)


def main(folder: Path, seed: int, products: int) -> None:
    """Serve until standard input ends."""
    with ExitStack() as stack:
        servers = Servers(folder, seed, stack)
        files = {
            f"p{number}-{environment}/values.yaml": "image:\n  tag: v0\nreplicas: 1\n"
            for number in range(products)
            for environment in ("dev", "qa", "prod")
        }
        servers.repo.commit(files)
        servers.begin()
        for number in range(products):
            servers.have(f"p{number}")
        _write(folder / "servers.json", servers.where)
        while not select.select([sys.stdin], [], [], 0.1)[0]:
            servers.tick()
        _write(folder / "effects.json", servers.effects())


def _write(path: Path, data: object) -> None:
    new = path.with_suffix(".new")
    new.write_text(json.dumps(data))
    new.rename(path)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
