"""The routes of the fake Argo Workflows, and those of Kubernetes for the same objects."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import unquote

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.fakes.workflows_controller import FakeRun
from tests.fakes.workflows_kubernetes import kubernetes_routes
from tests.fakes.workflows_server import NAMESPACE, FakeArgo, Fault, RefusedError

Act = Callable[[Request, Any], Any]
_V1 = "/api/v1"


class CutError(Exception):
    """The connection breaks."""


def _fits(selector: str, labels: dict[str, str]) -> bool:
    key, equals, value = selector.partition("=")
    return key in labels and (not equals or labels[key] == value)


class Routes:
    """The calls."""

    def __init__(self, state: FakeArgo) -> None:
        self.state = state

    def route(self, path: str, method: str, act: Act, request: str = "", answer: str = "") -> Route:
        """Return a route that is checked, refused, cut and answered as the state says."""

        async def handle(got: Request) -> Response:
            body = await got.body()
            with self.state.lock:
                response, wait = self._answered(got, body, path, method, act, request, answer)
            if wait:
                while not await got.is_disconnected():
                    await asyncio.sleep(0.01)
            return response

        return Route(path, handle, methods=[method])

    def _answered(
        self, got: Request, body: bytes, path: str, method: str, act: Act, request: str, answer: str
    ) -> tuple[Response, bool]:
        state = self.state
        # What the server sees is unquoted by the framework already.
        state.requests.append(f"{method} {got.url.path}?{unquote(got.url.query)}".rstrip("?"))
        state.check_query(path, method.lower(), set(got.query_params))
        gate = self._gate(got, path, method)
        if gate is not None:
            return gate, False
        fault = state.take(state.requests[-1])
        if fault is not None and fault.kind == "refuse":
            return self._refusal(fault), False
        asked = json.loads(body) if body else {}
        if request:
            state.check_body(request, asked)
        made = self._made(got, act, asked, answer)
        if fault is None:
            return made, False
        if fault.kind == "twice":
            return self._made(got, act, asked, answer), False
        return self._spoiled(fault, made), fault.kind == "hang"

    def _made(self, got: Request, act: Act, asked: Any, answer: str) -> Response:
        state = self.state
        state.settle()
        try:
            data = act(got, asked)
        except RefusedError as refused:
            return self._no(refused.status, refused.code, refused.message)
        if isinstance(data, Response):
            return data
        state.check_body(answer, data)
        return JSONResponse(data)

    def _gate(self, got: Request, path: str, method: str) -> Response | None:
        given = got.headers.get("authorization", "")
        self.state.presented.append(given)
        if given != f"Bearer {self.state.token}":
            return self._no(401, 16, "token not valid. see https://argo-workflows.readthedocs.io/en/latest/faq/")
        forbidden = self.state.forbidden
        if forbidden and re.search(forbidden, f"{method} {got.url.path}"):
            return self._no(403, 7, "workflows.argoproj.io is forbidden: User cannot do that")
        place = got.path_params.get("namespace", NAMESPACE)
        if place != NAMESPACE:
            return self._no(403, 7, f'workflows is forbidden in the namespace "{place}"')
        return None

    def _no(self, status: int, code: int, message: str, headers: dict[str, str] | None = None) -> Response:
        data = {"code": code, "message": message}
        self.state.check_body("grpc.gateway.runtime.Error", data)
        return JSONResponse(data, status, headers)

    def _refusal(self, fault: Fault) -> Response:
        if fault.body:
            return Response(fault.body, fault.status, fault.headers)
        return self._no(fault.status, 14, "out of order", fault.headers)

    def _spoiled(self, fault: Fault, made: Response) -> Response:
        if fault.kind == "late":
            return self._refusal(fault)
        if fault.kind == "truncate":
            return Response(made.body[: len(made.body) // 2], media_type="application/json")
        if fault.kind == "cut":

            async def part() -> AsyncIterator[bytes]:
                yield bytes(made.body[: len(made.body) // 2])
                raise CutError

            headers = {"content-length": str(len(made.body)), "content-type": "application/json"}
            return StreamingResponse(part(), headers=headers)
        return made

    # --- workflows -----------------------------------------------------------------------------------

    def _find(self, name: str) -> FakeRun:
        run = self.state.runs.get(name) or self.state.newest_archived(name)
        if run is None:
            raise RefusedError(404, 5, f'workflows.argoproj.io "{name}" not found')
        return run

    def _seen(self, run: FakeRun) -> dict[str, Any]:
        seen = run.seen(self.state.clock.now())
        self.state.check_object({"apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow", **seen})
        return seen

    def get(self, got: Request, _: Any) -> Any:
        return self._seen(self._find(got.path_params["name"]))

    def create(self, got: Request, asked: Any) -> Any:
        if asked.get("serverDryRun"):
            return asked["workflow"] | {"status": {}}
        return self._seen(self.state.create(asked["workflow"]))

    def terminate(self, got: Request, asked: Any) -> Any:
        return self._seen(self.state.terminate(got.path_params["name"]))

    def archive_list(self, got: Request, _: Any) -> Any:
        if self.state.archive is None:
            raise RefusedError(501, 12, "archived workflows not supported")
        name = re.search(r"metadata\.name=([^,]*)", got.query_params["listOptions.fieldSelector"])
        assert name is not None
        run = self.state.newest_archived(name[1])
        # The list has neither specification nor nodes.
        items = [] if run is None else [{"metadata": {"name": run.name, "uid": run.uid}, "spec": {}, "status": {}}]
        return {"metadata": {}, "items": items}

    def archive_get(self, got: Request, _: Any) -> Any:
        for run in self.state.archive or ():
            if run.uid == got.path_params["uid"]:
                return self._seen(run)
        raise RefusedError(404, 5, "not found")

    def template(self, got: Request, _: Any) -> Any:
        name = got.path_params["name"]
        key = f"cluster/{name}" if "/cluster-" in got.url.path else name
        if key not in self.state.templates:
            raise RefusedError(404, 5, f'workflowtemplates.argoproj.io "{name}" not found')
        return self.state.templates[key]

    def templates(self, got: Request, _: Any) -> Any:
        found = [one for key, one in self.state.templates.items() if not key.startswith("cluster/")]
        return {"metadata": {}, "items": found}

    def version(self, got: Request, _: Any) -> Any:
        names = ("buildDate", "gitCommit", "gitTag", "gitTreeState", "goVersion", "compiler", "platform")
        return {"version": "v4.1.0+fake"} | {name: "-" for name in names}

    def log(self, got: Request, _: Any) -> Any:
        run = self._find(got.path_params["name"])
        query = got.query_params
        there = query.get("podName") == run.pod and not run.logs_gone and run.name in self.state.runs
        lines = run.script.says.splitlines()[-int(query["logOptions.tailLines"]) :] if there else []
        items = [{"result": {"content": line, "podName": run.pod}} for line in lines]
        for item in items:
            self.state.check_body("LogEntry", item["result"])
        return Response("".join(json.dumps(item) + "\n" for item in items), media_type="application/json")

    # --- streams -------------------------------------------------------------------------------------

    async def events(self, got: Request) -> Response:
        state, path = self.state, f"{_V1}/workflow-events/{{namespace}}"
        with state.lock:
            state.requests.append(f"GET {got.url.path}?{unquote(got.url.query)}")
            state.check_query(path, "get", set(got.query_params))
            gate = self._gate(got, path, "GET")
            fault = None if gate else state.take(state.requests[-1])
            if gate is not None:
                return gate
            if fault is not None and fault.kind == "refuse":
                return self._refusal(fault)
            state.streams += 1
            cut = state.cuts.pop(0) if state.cuts else None
        as_events = got.headers.get("accept") == "text/event-stream"
        kind = "text/event-stream" if as_events else "application/json"
        return StreamingResponse(self._stream(got, as_events, cut), media_type=kind)

    async def _stream(self, got: Request, as_events: bool, cut: tuple[int, str] | None) -> AsyncIterator[bytes]:
        def framed(data: Any) -> bytes:
            text = json.dumps(data)
            return f"data: {text} \n\n".encode() if as_events else f"{text}\n".encode()

        known: dict[str, str] = {}
        sent, last = 0, time.monotonic()
        while not await got.is_disconnected():
            for event in self._changes(known, got.query_params.get("listOptions.labelSelector", "")):
                if cut is not None and sent >= cut[0]:
                    break
                yield framed({"result": event})
                sent, last = sent + 1, time.monotonic()
            if cut is not None and sent >= cut[0]:
                if cut[1] == "silent":
                    await asyncio.sleep(3600)
                if cut[1] == "eof":
                    error = {"grpc_code": 8, "http_code": 429, "http_status": "Too Many Requests", "message": "EOF"}
                    yield framed({"error": error})
                    return
                yield b"data: {"
                raise CutError
            if as_events and time.monotonic() - last > self.state.keepalive:
                yield b":\n"
                last = time.monotonic()
            await asyncio.sleep(0.01)

    def _changes(self, known: dict[str, str], selector: str) -> list[dict[str, Any]]:
        state = self.state
        with state.lock:
            state.settle()
            now, found = state.clock.now(), []
            for run in state.runs.values():
                phase = run.phase(now)
                if known.get(run.name) == phase or not _fits(selector, run.document["metadata"].get("labels", {})):
                    continue
                kind = "MODIFIED" if run.name in known else "ADDED"
                known[run.name] = phase
                found.append({"type": kind, "object": self._seen(run)})
                state.check_body("WorkflowWatchEvent", found[-1])
            for name in [one for one in known if one not in state.runs]:
                del known[name]
                gone = state.newest_archived(name)
                if gone is not None:
                    found.append({"type": "DELETED", "object": self._seen(gone)})
            return found


def application(state: FakeArgo, root: str = "") -> Starlette:
    """Return the server of a state."""
    calls = Routes(state)
    one, many = f"{_V1}/workflows/{{namespace}}/{{name}}", f"{_V1}/workflows/{{namespace}}"
    templates = f"{_V1}/workflow-templates/{{namespace}}"
    routes = [
        calls.route(f"{_V1}/version", "GET", calls.version, answer="Version"),
        calls.route(one, "GET", calls.get, answer="Workflow"),
        calls.route(many, "POST", calls.create, "WorkflowCreateRequest", "Workflow"),
        calls.route(f"{one}/terminate", "PUT", calls.terminate, "WorkflowTerminateRequest", "Workflow"),
        calls.route(f"{one}/log", "GET", calls.log),
        calls.route(f"{_V1}/archived-workflows", "GET", calls.archive_list, answer="WorkflowList"),
        calls.route(f"{_V1}/archived-workflows/{{uid}}", "GET", calls.archive_get, answer="Workflow"),
        calls.route(templates, "GET", calls.templates, answer="WorkflowTemplateList"),
        calls.route(f"{templates}/{{name}}", "GET", calls.template, answer="WorkflowTemplate"),
        calls.route(
            f"{_V1}/cluster-workflow-templates/{{name}}", "GET", calls.template, answer="ClusterWorkflowTemplate"
        ),
        Route(f"{_V1}/workflow-events/{{namespace}}", calls.events),
    ]
    routes += kubernetes_routes(state, calls)
    if not root:
        return Starlette(routes=routes)
    from starlette.routing import Mount

    return Starlette(routes=[Mount(root, routes=routes)])
