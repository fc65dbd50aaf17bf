"""A runtime: an Argo CD and an Argo Workflows at work, by the real clock, with the applications of `edge`."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from tests.fakes.argocd_controller import Behaviour
from tests.fakes.argocd_server import FakeArgoCd, MovableClock
from tests.fakes.argocd_server import serving as serve_argocd
from tests.fakes.workflows_controller import FakeRun, Script
from tests.fakes.workflows_server import FakeArgo
from tests.fakes.workflows_server import serving as serve_argo
from tests.support.gitrepo import GitRepo
from tests.world.tokens import TOKENS

CLUSTERS = {"nonprod": ("nonprod-1",), "eu": ("eu-1", "eu-2"), "world": ("us-1", "us-2", "ap-1")}
_TICK = 0.25


class WallClock(MovableClock):
    """Time as it is."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class Workflows(FakeArgo):
    """Argo Workflows, with runs that fail for one application.

    Attributes:
        failing: what the next run of a template for an application says before it fails, by both names.
        asked_for: the template and the application of every run, hooks with an empty one, in order.
    """

    failing: dict[tuple[str, str], str] = field(default_factory=dict)
    asked_for: list[tuple[str, str]] = field(default_factory=list)

    def create(self, document: dict[str, Any]) -> FakeRun:
        run = super().create(document)
        spec = document["spec"]
        given = {one["name"]: one["value"] for one in spec.get("arguments", {}).get("parameters", ())}
        about = (spec["workflowTemplateRef"]["name"], given.get("APP_NAME", ""))
        self.asked_for.append(about)
        if about in self.failing:
            run.script = replace(run.script, ends="Failed", says=self.failing.pop(about))
        return run


@dataclass
class Runtime:
    """An Argo CD, an Argo Workflows, and whoever is told of changes.

    Attributes:
        name: of the runtime.
        argocd: what looks after applications.
        argo: what runs workflows.
        tell: is called with the name of an application that stands differently, as Argo CD's notifications do.
    """

    name: str
    argocd: FakeArgoCd
    argo: Workflows
    tell: Callable[[str], None] = lambda name: None


@contextmanager
def running(name: str, manifests: Path, repositories: Mapping[str, GitRepo]) -> Iterator[Runtime]:
    """Let a runtime work until the block ends."""
    argocd = FakeArgoCd(repositories=dict(repositories), projects=("edge",), token=TOKENS[f"ARGOCD_{name.upper()}"])
    argocd.clock.moment = datetime.now(UTC) - timedelta(minutes=30)
    for document in _documents(manifests / "edge.yaml"):
        if document["spec"]["destination"]["name"] in CLUSTERS[name]:
            app = argocd.add(document["metadata"]["name"], document["spec"])
            app.behaviour = Behaviour(sync_takes=0.3, progressing=0.3)
    argocd.clock = WallClock()
    argo = Workflows(clock=WallClock(), token=TOKENS[f"ARGO_{name.upper()}"])
    for document in _documents(manifests / "workflows.yaml"):
        spec = {
            key: value for key, value in document["spec"].items() if key in ("entrypoint", "arguments", "templates")
        }
        argo.add(document["metadata"]["name"], Script(seconds=0.4), **spec)
    with serve_argocd(argocd), serve_argo(argo):
        runtime = Runtime(name, argocd, argo)
        end = threading.Event()
        thread = threading.Thread(target=_work, args=(runtime, end))
        thread.start()
        try:
            yield runtime
        finally:
            end.set()
            thread.join()


def _work(runtime: Runtime, end: threading.Event) -> None:
    """Let the controller see what is due, and tell of what has changed."""
    known: dict[str, str] = {}
    while not end.wait(_TICK):
        runtime.argocd.settle()
        for name, app in runtime.argocd.applications.items():
            status = app.status
            stands = f"{status.get('sync', {}).get('revision')} {status.get('health', {}).get('status')}"
            if known.setdefault(name, stands) != stands:
                known[name] = stands
                runtime.tell(name)


def _documents(path: Path) -> list[Any]:
    return [document for document in yaml.safe_load_all(path.read_text("utf-8")) if document]
