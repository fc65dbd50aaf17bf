"""Argo Workflows over HTTP: the calls of its API that releases make, and those of Kubernetes for the same objects.

Every request and every answer is held to Argo's own documents where they are at hand; what breaks them is kept in
`FakeArgo.complaints`. Refusals are those that the documents leave out.
"""

from __future__ import annotations

import re
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from tests.fakes.argocd_server import MovableClock
from tests.fakes.asgi_thread import serving_asgi
from tests.fakes.workflows_controller import FakeRun, Script
from tests.support.argo_contract import documents_are_there
from tests.support.argo_workflows_contract import crd_violations, query_violations, violations

TOKEN = "argo-token-0123456789abcdef"
NAMESPACE = "promotions"


class RefusedError(Exception):
    """An answer other than success: the status, what gRPC calls it, and what is said."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


@dataclass
class Fault:
    """Something that goes wrong with the next request that fits.

    Attributes:
        kind: ``refuse`` before the effect; ``late`` the same after it; ``cut`` the connection after it, within the
            answer; ``truncate`` the answer, with a length that fits; ``hang`` after it; ``twice`` it is delivered.
        where: a regular expression for ``METHOD path``.
        status: of a refusal.
        headers: of a refusal.
        times: how often.
        body: of a refusal, instead of the usual one.
    """

    kind: str
    where: str = ""
    status: int = 503
    headers: dict[str, str] = field(default_factory=dict)
    times: int = 1
    body: str = ""


@dataclass
class FakeArgo:
    """The state of the server.

    Attributes:
        clock: the time of its controller.
        templates: workflow templates of the namespace, those of the cluster with ``cluster/`` before their name.
        scripts: how their runs go, by the same names.
        runs: workflows that are there, by name.
        archive: workflows that are gone, the newest last; None where there is no archive.
        deleted: how many were deleted.
        started: how often a template was started.
        faults: what goes wrong next.
        requests: method and path with query, in order.
        complaints: what broke the documents.
        url: its address.
        keepalive: seconds between signs of life in streams.
        forbidden: paths that the token may not ask for, as a regular expression.
        lacking: rights that the cluster says we do not have, ``VERB RESOURCE``.
        cuts: how many events a stream sends before it breaks, one entry a stream; ``eof`` for the error object.
        streams: how many streams were opened.
        token: the one it knows.
        presented: the ``Authorization`` of every request, in order.
    """

    clock: MovableClock = field(default_factory=MovableClock)
    templates: dict[str, dict[str, Any]] = field(default_factory=dict)
    scripts: dict[str, Script] = field(default_factory=dict)
    runs: dict[str, FakeRun] = field(default_factory=dict)
    archive: list[FakeRun] | None = field(default_factory=list)
    started: dict[str, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    url: str = ""
    keepalive: float = 0.05
    forbidden: str = ""
    lacking: tuple[str, ...] = ()
    cuts: list[tuple[int, str]] = field(default_factory=list)
    streams: int = 0
    token: str = TOKEN
    presented: list[str] = field(default_factory=list, repr=False)
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    def add(self, name: str, script: Script | None = None, *, cluster: bool = False, **spec: Any) -> None:
        """Add a template with the parameter ``p``, which has a default, or with another specification."""
        key = f"cluster/{name}" if cluster else name
        usual: dict[str, Any] = {
            "entrypoint": "main",
            "arguments": {"parameters": [{"name": "p", "value": "0"}]},
            "templates": [{"name": "main", "steps": [[{"name": "work", "template": "work"}]]}],
        }
        metadata = {"name": name} if cluster else {"name": name, "namespace": NAMESPACE}
        self.templates[key] = {"metadata": metadata, "spec": usual | spec}
        self.scripts[key] = script or Script()

    def pass_time(self, seconds: float) -> None:
        """Let time pass."""
        with self.lock:
            self.clock.moment = datetime.fromtimestamp(
                self.clock.moment.timestamp() + seconds, self.clock.moment.tzinfo
            )
            self.settle()

    def settle(self) -> None:
        """Delete what outlived its time, and archive what has ended."""
        now = self.clock.now()
        for run in [one for one in self.runs.values() if one.is_deleted(now)]:
            self.delete(run.name)

    def delete(self, name: str) -> None:
        """Delete a workflow; the archive keeps one that has ended."""
        with self.lock:
            run = self.runs.pop(name)
            if self.archive is not None and run.is_finished(self.clock.now()):
                self.archive.append(run)

    def newest_archived(self, name: str) -> FakeRun | None:
        """Return what the archive has under a name; of several the newest."""
        found = [run for run in self.archive or () if run.name == name]
        return max(found, key=lambda run: run.begins, default=None)

    def create(self, document: dict[str, Any]) -> FakeRun:
        """Make a workflow as the server does.

        Raises:
            RefusedError: as the server does.
        """
        metadata, spec = document["metadata"], document["spec"]
        name, reference = metadata["name"], spec["workflowTemplateRef"]
        if len(name) > 63:
            raise RefusedError(400, 3, f'workflow name "{name}" must not be more than 63 characters long')
        if "templates" in spec:
            raise RefusedError(400, 3, "templates cannot be set together with workflowTemplateRef")
        key = f"cluster/{reference['name']}" if reference.get("clusterScope") else reference["name"]
        template = self.templates.get(key)
        if template is None:
            raise RefusedError(404, 5, f'workflowtemplates.argoproj.io "{reference["name"]}" not found')
        given = {one["name"] for one in spec.get("arguments", {}).get("parameters", ())}
        for one in template["spec"].get("arguments", {}).get("parameters", ()):
            if one["name"] not in given and not {"value", "valueFrom", "default"} & set(one):
                raise RefusedError(400, 3, f"spec.arguments.{one['name']}.value or .valueFrom is required")
        if name in self.runs:
            raise RefusedError(409, 6, f'workflows.argoproj.io "{name}" already exists')
        made = {**document, "metadata": {**metadata, "namespace": NAMESPACE, "uid": str(uuid.uuid4())}}
        run = self.runs[name] = FakeRun(made, self.scripts[key], self.clock.now())
        self.started[reference["name"]] = self.started.get(reference["name"], 0) + 1
        return run

    def terminate(self, name: str) -> FakeRun:
        """End a workflow as the server does.

        Raises:
            RefusedError: as the server does: with 500 for one that has ended.
        """
        run = self.runs.get(name)
        if run is None:
            raise RefusedError(404, 5, f'workflows.argoproj.io "{name}" not found')
        if run.is_finished(self.clock.now()):
            raise RefusedError(500, 13, "cannot shutdown a completed workflow")
        run.ended = run.ended or self.clock.now()
        return run

    # --- what is checked -----------------------------------------------------------------------------

    def check(self, what: str, found: list[str]) -> None:
        self.complaints += [f"{what}: {one}" for one in found]

    def check_query(self, path: str, method: str, names: set[str]) -> None:
        if documents_are_there():
            self.check(path, query_violations(path, method, names))

    def check_body(self, definition: str, data: Any) -> None:
        if documents_are_there():
            self.check(definition, violations(definition, data))

    def check_object(self, workflow: Any) -> None:
        if documents_are_there():
            self.check("Workflow", crd_violations(workflow))

    def take(self, request: str) -> Fault | None:
        """Return what goes wrong with a request, once less from now on."""
        for fault in self.faults:
            if fault.times > 0 and re.search(fault.where, request):
                fault.times -= 1
                return fault
        return None

    def asked(self, pattern: str) -> int:
        """Return how many requests fit a regular expression."""
        return sum(1 for request in self.requests if re.search(pattern, request))


class Switch:
    """A server that answers for one state after another.

    Attributes:
        url: its address.
    """

    def __init__(self) -> None:
        self.url = ""
        self._answering: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer for the state of now."""
        assert self._answering is not None
        await self._answering(scope, receive, send)

    def answer_for(self, state: FakeArgo, root: str = "") -> None:
        """Answer for another state from now on."""
        from tests.fakes.workflows_routes import application

        self._answering, state.url = application(state, root), f"{self.url}{root}"


@contextmanager
def switched() -> Iterator[Switch]:
    """Serve on a port of this machine until the block ends."""
    switch = Switch()
    with serving_asgi(switch) as port:
        switch.url = f"http://127.0.0.1:{port}"
        yield switch


@contextmanager
def serving(state: FakeArgo, *, root: str = "") -> Iterator[FakeArgo]:
    """Serve a state on a port of this machine until the block ends."""
    with switched() as switch:
        switch.answer_for(state, root)
        yield state
