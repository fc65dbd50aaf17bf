"""The calls of Kubernetes that reach the objects of a fake Argo Workflows: no archive, and other words for refusals."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.fakes.cluster_rights import REVIEWS, reviewed
from tests.fakes.workflows_server import TOKEN, FakeArgo, RefusedError

if TYPE_CHECKING:
    from tests.fakes.workflows_routes import Routes

_REASONS = {401: "Unauthorized", 403: "Forbidden", 404: "NotFound", 409: "AlreadyExists"}
_KINDS = {
    "workflows": "Workflow",
    "workflowtemplates": "WorkflowTemplate",
    "clusterworkflowtemplates": "ClusterWorkflowTemplate",
}
_GROUP = "/apis/argoproj.io/v1alpha1"


def _refusal(status: int, message: str, name: str = "") -> Response:
    data: dict[str, Any] = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "message": message}
    data |= {"reason": _REASONS.get(status, "InternalError"), "code": status}
    if name:
        data["details"] = {"name": name, "group": "argoproj.io"}
    return JSONResponse(data, status)


class Cluster:
    """The calls."""

    def __init__(self, state: FakeArgo, calls: Routes) -> None:
        self.state, self.calls = state, calls

    async def handle(self, got: Request) -> Response:
        body = await got.body()
        with self.state.lock:
            self.state.requests.append(f"{got.method} {got.url.path}?{unquote(got.url.query)}".rstrip("?"))
            if got.headers.get("authorization") != f"Bearer {TOKEN}":
                return _refusal(401, "Unauthorized")
            fault = self.state.take(self.state.requests[-1])
            if fault is not None and fault.kind == "refuse":
                return (
                    Response(fault.body, fault.status, fault.headers)
                    if fault.body
                    else _refusal(fault.status, "out of order")
                )
            if got.query_params.get("watch") == "true":
                return StreamingResponse(self._watch(got))
            made = self._answer(got, json.loads(body) if body else {})
            return self.calls._spoiled(fault, made) if fault is not None else made

    def _answer(self, got: Request, asked: Any) -> Response:
        self.state.settle()
        name = str(got.path_params.get("name") or asked.get("metadata", {}).get("name", ""))
        try:
            return self._object(got, name, asked)
        except RefusedError as refused:
            return _refusal(refused.status, refused.message, name)

    def _object(self, got: Request, name: str, asked: Any) -> Response:
        state, plural = self.state, got.path_params["plural"]
        head = {"apiVersion": "argoproj.io/v1alpha1", "kind": _KINDS[plural]}
        if plural != "workflows":
            return self._template(name, plural, head)
        if got.method == "POST":
            state.check_object(asked)
            run = state.create(asked)
        elif name not in state.runs:
            raise RefusedError(404, 5, f'workflows.argoproj.io "{name}" not found')
        else:
            run = state.runs[name]
        if got.method == "PATCH":
            assert got.headers["content-type"] == "application/merge-patch+json"
            assert asked == {"spec": {"shutdown": "Terminate"}}
            if not run.is_finished(state.clock.now()):
                state.terminate(name)
        return JSONResponse({**head, **self.calls._seen(run)})

    def _template(self, name: str, plural: str, head: dict[str, str]) -> Response:
        prefix = "cluster/" if plural.startswith("cluster") else ""
        if not name:
            found = [{**head, **one} for key, one in self.state.templates.items() if not key.startswith("cluster/")]
            return JSONResponse({**head, "kind": "WorkflowTemplateList", "metadata": {}, "items": found})
        if prefix + name not in self.state.templates:
            raise RefusedError(404, 5, f'{plural}.argoproj.io "{name}" not found')
        return JSONResponse({**head, **self.state.templates[prefix + name]})

    async def review(self, got: Request) -> Response:
        asked = json.loads(await got.body())
        with self.state.lock:
            self.state.requests.append(f"POST {got.url.path}")
            if got.headers.get("authorization") != f"Bearer {self.state.token}":
                return _refusal(401, "Unauthorized")
            return JSONResponse(reviewed(asked, self.state.lacking), 201)

    async def log(self, got: Request) -> Response:
        with self.state.lock:
            self.state.requests.append(f"GET {got.url.path}?{got.url.query}")
            for run in self.state.runs.values():
                if run.pod == got.path_params["pod"] and not run.logs_gone:
                    assert got.query_params["container"] == "main"
                    lines = run.script.says.splitlines()[-int(got.query_params["tailLines"]) :]
                    return PlainTextResponse("".join(f"{line}\n" for line in lines))
            name = got.path_params["pod"]
            return _refusal(404, f'pods "{name}" not found', name)

    async def _watch(self, got: Request) -> AsyncIterator[bytes]:
        known: dict[str, str] = {}
        head = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow"}
        while not await got.is_disconnected():
            for event in self.calls._changes(known, got.query_params.get("labelSelector", "")):
                yield json.dumps({"type": event["type"], "object": {**head, **event["object"]}}).encode() + b"\n"
            await asyncio.sleep(0.01)


def kubernetes_routes(state: FakeArgo, calls: Routes) -> list[Route]:
    """Return the routes of the cluster's API."""
    cluster, place = Cluster(state, calls), f"{_GROUP}/namespaces/{{namespace}}/{{plural}}"
    return [
        Route(f"{place}/{{name}}", cluster.handle, methods=["GET", "PATCH"]),
        Route(place, cluster.handle, methods=["GET", "POST"]),
        Route(f"{_GROUP}/{{plural}}/{{name}}", cluster.handle),
        Route("/api/v1/namespaces/{namespace}/pods/{pod}/log", cluster.log),
        Route(REVIEWS, cluster.review, methods=["POST"]),
    ]
