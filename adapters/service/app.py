"""The application that answers HTTP: its routes, and what holds for all of them."""

from __future__ import annotations

import logging
import time
from collections.abc import MutableMapping
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from adapters.service.health import health_routes
from adapters.service.service import Service

_log = logging.getLogger("promo.access")

_QUIET = frozenset({"/healthz", "/readyz", "/metrics"})
_HEADERS = ((b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff"))


def make_app(service: Service) -> Starlette:
    """Return the application of a service."""
    return Starlette(routes=health_routes(service), middleware=[Middleware(Watched, service=service)])


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
