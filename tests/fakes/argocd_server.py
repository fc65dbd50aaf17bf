"""Argo CD over HTTP: the calls of its API that releases make, and those of Kubernetes for the same objects.

Every request and every answer is held to Argo CD's own documents where they are at hand; what breaks them is kept in
`FakeArgoCd.complaints`. Refusals are those that the documents leave out: `Content-Type`, missing projects, windows.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.fakes.argocd_controller import REFRESH, Controller, FakeApplication
from tests.fakes.asgi_thread import serving_asgi
from tests.fakes.cluster_rights import REVIEWS, reviewed
from tests.support.argo_contract import crd_violations, documents_are_there, query_violations, violations
from tests.support.gitrepo import GitRepo

TOKEN = "argocd-token-0123456789abcdef"
OWN_NAMESPACE = "argocd"
ONE = "/api/v1/applications/{name}"


class MovableClock:
    """Time that a test lets pass."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 30, 4, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment


@dataclass
class Fault:
    """How the next request is answered instead.

    Attributes:
        status: of the answer.
        message: what it says.
        headers: further ones.
        broken: whether its body is no JSON.
        untyped: whether it has no ``Content-Type``.
    """

    status: int
    message: str = "out of order"
    headers: dict[str, str] = field(default_factory=dict)
    broken: bool = False
    untyped: bool = False


@dataclass
class FakeArgoCd:
    """The state of the server.

    Attributes:
        clock: the time of its controller.
        repositories: what ``repoURL`` stands for.
        applications: by ``namespace/name``.
        faults: what goes wrong next.
        requests: method and path with query, in order.
        complaints: what broke the documents.
        url: its address.
        other_project_is_secret: whether an application of another project is refused with 403 rather than 404.
        projects: those that the token may see.
        syncs: what those who asked for syncs called them, in the order in which they began.
        lacking: what the token may not do with applications, such as ``sync``, or in its cluster, ``VERB RESOURCE``.
        token: the one it knows.
        presented: the ``Authorization`` of every request, in order.
    """

    clock: MovableClock = field(default_factory=MovableClock)
    repositories: dict[str, GitRepo] = field(default_factory=dict)
    applications: dict[str, FakeApplication] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    url: str = ""
    other_project_is_secret: bool = False
    projects: tuple[str, ...] = ("shop",)
    lacking: tuple[str, ...] = ()
    token: str = TOKEN
    presented: list[str] = field(default_factory=list, repr=False)
    syncs: list[str] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    def add(
        self,
        name: str,
        spec: dict[str, Any],
        *,
        namespace: str = OWN_NAMESPACE,
        automated: bool = True,
    ) -> FakeApplication:
        """Add an application and let it settle at what its branches hold."""
        policy: dict[str, Any] = {"syncOptions": ["CreateNamespace=true"]}
        if automated:
            policy["automated"] = {"prune": True, "selfHeal": True}
        destination = {"server": "https://kubernetes.default.svc", "namespace": "shop"}
        document = {
            "apiVersion": "argoproj.io/v1alpha1",
            "kind": "Application",
            "metadata": {"name": name, "namespace": namespace, "resourceVersion": "1"},
            "spec": {"project": "shop", "destination": destination, "syncPolicy": policy} | spec,
            "status": {},
        }
        app = self.applications[f"{namespace}/{name}"] = FakeApplication(document)
        if not automated:
            policy["automated"] = {}
        self.pass_time(60)
        if not automated:
            del policy["automated"]
        return app

    def pass_time(self, seconds: float) -> None:
        """Let time pass, second by second, and let the controller work."""
        with self.lock:
            for _ in range(max(1, int(seconds))):
                self.clock.moment += timedelta(seconds=min(1.0, seconds))
                self.settle()

    def settle(self) -> None:
        """Let the controller do what is due."""
        with self.lock:
            for app in self.applications.values():
                Controller(self.repositories).settle(app, self.clock.now())

    def asked(self, word: str) -> int:
        """Return how many requests have a word in them."""
        return sum(1 for request in self.requests if word in request)

    # --- what is checked -----------------------------------------------------------------------------

    def check(self, what: str, found: list[str]) -> None:
        self.complaints += [f"{what}: {one}" for one in found]

    def check_query(self, path: str, method: str, request: Request) -> None:
        if documents_are_there():
            self.check(path, query_violations(path, method, set(request.query_params)))

    def check_body(self, definition: str, data: Any) -> None:
        if documents_are_there():
            self.check(definition, violations(definition, data))

    def answer(self, definition: str, data: Any) -> Response:
        self.check_body(definition, data)
        return JSONResponse(data)

    def refuse(self, status: int, message: str, headers: dict[str, str] | None = None) -> Response:
        data = {"error": message, "code": 0, "message": message}
        self.check_body("runtimeError", data)
        return JSONResponse(data, status, headers)

    def kube_refuse(self, status: int, message: str, reason: str = "", name: str = "") -> Response:
        data: dict[str, Any] = {"kind": "Status", "apiVersion": "v1", "status": "Failure"}
        data |= {"message": message, "reason": reason, "code": status}
        if name:
            data["details"] = {"name": name, "group": "argoproj.io", "kind": "applications"}
        return JSONResponse(data, status)


def _untyped(fault: Fault) -> Response:
    response = Response(fault.message, fault.status)
    del response.headers["content-type"]
    return response


def _shown(app: FakeApplication) -> dict[str, Any]:
    """Return an application as Argo CD's own server writes it: without what it calls itself."""
    return {key: one for key, one in app.document.items() if key not in ("apiVersion", "kind")}


class Routes:
    """The calls."""

    def __init__(self, state: FakeArgoCd) -> None:
        self.state = state

    def _gate(self, request: Request) -> Response | None:
        state = self.state
        state.requests.append(f"{request.method} {request.url.path}?{request.url.query}".rstrip("?"))
        state.presented.append(request.headers.get("authorization", ""))
        if state.faults:
            fault = state.faults.pop(0)
            if fault.untyped:
                return _untyped(fault)
            if fault.broken:
                return Response("<html>sign in</html>", fault.status, fault.headers)
            return state.refuse(fault.status, fault.message, fault.headers)
        if request.url.path.endswith("/api/version"):
            return None
        if request.headers.get("authorization") != f"Bearer {self.state.token}":
            return state.refuse(401, "invalid session: no session information")
        if request.method != "GET" and request.headers.get("content-type") != "application/json":
            return state.refuse(415, "Invalid content type")
        return None

    def _find(self, request: Request, project: str, namespace: str) -> FakeApplication | Response:
        name = request.path_params["name"]
        found = self.state.applications.get(f"{namespace or OWN_NAMESPACE}/{name}")
        if not project and found is None:
            return self.state.refuse(403, "permission denied")
        if found is None or (project and found.spec["project"] != project):
            if found is not None and self.state.other_project_is_secret:
                return self.state.refuse(403, "permission denied")
            return self.state.refuse(404, f'applications.argoproj.io "{name}" not found')
        return found

    async def version(self, request: Request) -> Response:
        with self.state.lock:
            return self._gate(request) or self.state.answer("versionVersionMessage", {"Version": "v3.5.0+fake"})

    async def listing(self, request: Request) -> Response:
        state = self.state
        with state.lock:
            gate = self._gate(request)
            state.check_query("/api/v1/applications", "get", request)
            if gate is not None:
                return gate
            wanted = request.query_params.getlist("projects")
            apps = [app for app in state.applications.values() if app.spec["project"] in (wanted or state.projects)]
            return state.answer("v1alpha1ApplicationList", {"metadata": {}, "items": [_shown(app) for app in apps]})

    async def can_i(self, request: Request) -> Response:
        state = self.state
        with state.lock:
            gate = self._gate(request)
            if gate is not None:
                return gate
            place = request.path_params
            project, _, name = place["subresource"].partition("/")
            known = project in state.projects and name in {key.removeprefix("argocd/") for key in state.applications}
            allowed = known and place["action"] not in state.lacking
            return state.answer("accountCanIResponse", {"value": "yes" if allowed else "no"})

    async def get(self, request: Request) -> Response:
        state = self.state
        with state.lock:
            gate = self._gate(request)
            state.check_query(ONE, "get", request)
            if gate is not None:
                return gate
            state.settle()
            query = request.query_params
            app = self._find(request, query.get("project", ""), query.get("appNamespace", ""))
            if isinstance(app, Response):
                return app
            if "refresh" in query:
                app.annotations[REFRESH] = query["refresh"]
                app.touch()
                state.settle()
        # It blocks until the controller has taken the request up, as long as somebody listens.
        while REFRESH in app.annotations and "refresh" in query and not await request.is_disconnected():
            await asyncio.sleep(0.01)
        with state.lock:
            return state.answer("v1alpha1Application", _shown(app))

    async def sync(self, request: Request) -> Response:
        state = self.state
        body = await request.body()
        with state.lock:
            gate = self._gate(request)
            if gate is not None:
                return gate
            asked = json.loads(body)
            state.check_body("applicationApplicationSyncRequest", asked)
            state.settle()
            app = self._find(request, asked.get("project", ""), asked.get("appNamespace", ""))
            if isinstance(app, Response):
                return app
            refusal = self._no_sync(app, asked)
            if refusal is not None:
                return refusal
            revisions = [Controller(state.repositories)._revision(source) for source in app.sources]
            operation: dict[str, Any] = {
                "initiatedBy": {"username": "promo"},
                "info": asked.get("infos", []),
                "sync": {"revisions": revisions} if app.several else {"revision": revisions[0]},
            }
            if "syncOptions" in asked:
                operation["sync"]["syncOptions"] = asked["syncOptions"]["items"]
            if "retryStrategy" in asked:
                operation["retry"] = asked["retryStrategy"]
            app.document["operation"] = operation
            state.syncs += [str(info.get("value", "")) for info in operation["info"]]
            app.status.pop("operationState", None)
            app.touch()
            answer = state.answer("v1alpha1Application", _shown(app))
            self._check_application(app)
            return answer

    def _no_sync(self, app: FakeApplication, asked: dict[str, Any]) -> Response | None:
        if "operation" in app.document:
            return self.state.refuse(400, "another operation is already in progress")
        if app.behaviour.window:
            return self.state.refuse(403, app.behaviour.window)
        if app.automated and asked.get("revision"):
            return self.state.refuse(400, f"Cannot sync to {asked['revision']}: auto-sync currently set to main")
        return None

    def _check_application(self, app: FakeApplication) -> None:
        if documents_are_there():
            self.state.check("Application", crd_violations(app.document))

    # --- Kubernetes ----------------------------------------------------------------------------------

    async def review(self, request: Request) -> Response:
        asked = json.loads(await request.body())
        with self.state.lock:
            self.state.requests.append(f"POST {request.url.path}")
            if request.headers.get("authorization") != f"Bearer {self.state.token}":
                return self.state.kube_refuse(401, "Unauthorized")
            return JSONResponse(reviewed(asked, self.state.lacking), 201)

    async def object(self, request: Request) -> Response:
        state = self.state
        body = await request.body()
        with state.lock:
            state.requests.append(f"{request.method} {request.url.path}")
            if state.faults:
                fault = state.faults.pop(0)
                if fault.untyped:
                    return _untyped(fault)
                return state.kube_refuse(fault.status, fault.message)
            if request.headers.get("authorization") != f"Bearer {self.state.token}":
                return state.kube_refuse(401, "Unauthorized")
            state.settle()
            place = request.path_params
            app = state.applications.get(f"{place['namespace']}/{place['name']}")
            if app is None:
                said = f'applications.argoproj.io "{place["name"]}" not found'
                return state.kube_refuse(404, said, "NotFound", place["name"])
            if request.method == "PATCH":
                assert request.headers["content-type"] == "application/merge-patch+json"
                patch = json.loads(body)
                version = patch.get("metadata", {}).pop("resourceVersion", None)
                if version not in (None, app.document["metadata"]["resourceVersion"]):
                    return state.kube_refuse(409, "the object has been modified; please apply your changes")
                app.document = _merged(app.document, patch)
                app.touch()
            self._check_application(app)
            return JSONResponse(app.document)


def _merged(document: Any, patch: Any) -> Any:
    """Return a document with a merge patch applied. Source: RFC 7386."""
    if not isinstance(patch, dict):
        return patch
    made = dict(document) if isinstance(document, dict) else {}
    for key, value in patch.items():
        if value is None:
            made.pop(key, None)
        else:
            made[key] = _merged(made.get(key), value)
    return made


@contextmanager
def serving(state: FakeArgoCd, *, root: str = "") -> Iterator[FakeArgoCd]:
    """Serve a state on a port of this machine until the block ends."""
    routes = Routes(state)
    app = Starlette(
        routes=[
            Route(f"{root}/api/version", routes.version),
            Route(f"{root}/api/v1/applications", routes.listing),
            Route(f"{root}/api/v1/applications/{{name}}", routes.get),
            Route(f"{root}/api/v1/account/can-i/applications/{{action}}/{{subresource:path}}", routes.can_i),
            Route(REVIEWS, routes.review, methods=["POST"]),
            Route(f"{root}/api/v1/applications/{{name}}/sync", routes.sync, methods=["POST"]),
            Route(
                "/apis/argoproj.io/v1alpha1/namespaces/{namespace}/applications/{name}",
                routes.object,
                methods=["GET", "PATCH"],
            ),
        ]
    )
    with serving_asgi(app) as port:
        state.url = f"http://127.0.0.1:{port}{root}"
        yield state
