"""The application that answers HTTP: its routes, and what holds for all of them."""

from __future__ import annotations

import logging
import time
from collections.abc import MutableMapping
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from adapters.service.api import api_routes
from adapters.service.health import health_routes
from adapters.service.problems import ProblemError, answer
from adapters.service.service import Service
from adapters.service.webhooks import webhook_routes
from grammar.suggest import did_you_mean

_log = logging.getLogger("promo.access")

_QUIET = frozenset({"/healthz", "/readyz", "/metrics"})
_HEADERS = ((b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff"))


def make_app(service: Service) -> Starlette:
    """Return the application of a service."""
    return Starlette(
        routes=[*health_routes(service), *webhook_routes(service), *api_routes(service)],
        middleware=[Middleware(Watched, service=service)],
        exception_handlers={ProblemError: answer, HTTPException: _plain, Exception: _fault},
    )


async def _plain(request: Request, refused: Exception) -> Response:
    """Answer for an address that there is not, or a method that it has not."""
    assert isinstance(refused, HTTPException)
    paths = [str(getattr(route, "path", "")) for route in request.app.routes]
    help = did_you_mean(request.url.path[:100], paths) if refused.status_code == 404 else ""
    return ProblemError(refused.status_code, refused.detail.lower(), help).response()


async def _fault(request: Request, fault: Exception) -> Response:
    """Answer for a fault of this program, without a word of it; the log has it."""
    _log.error("an answer broke; this is a fault of promo", exc_info=fault)
    return ProblemError(500, "the log of the service says more").response()


class Watched:
    """Counts, times and logs every answer: the method, the path and the status, never a query or a header."""

    def __init__(self, app: ASGIApp, service: Service) -> None:
        """Stand before an application."""
        self._app, self._service = app, service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        status = 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message.setdefault("headers", [])
                message["headers"] = [*message["headers"], *_HEADERS]
            await send(message)

        try:
            await self._app(scope, receive, sending)
        finally:
            self._tell(scope, status, time.perf_counter() - began)

    def _tell(self, scope: MutableMapping[str, Any], status: int, seconds: float) -> None:
        route = scope.get("route")
        pattern = getattr(route, "path", "(none)")
        method = scope["method"] if scope["method"] in _METHODS else "(other)"
        self._service.metrics.requests.labels(method, pattern, str(status)).observe(seconds)
        if scope["path"] not in _QUIET:
            said = {"method": method, "path": scope["path"][:200], "status": status}
            _log.info("answered", extra={**said, "milliseconds": round(seconds * 1000, 1)})


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
