"""Whether the process lives, whether it can do its work, and what it counts. These need no token and tell no names."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from adapters.service.service import Service
from adapters.store.errors import StoreError
from engine.execute.store import StoreUnavailableError

_PATIENCE = 2.0
"""Seconds that the store may take to answer before it counts as away."""


def health_routes(service: Service) -> list[Route]:
    """Return the routes for probes and for Prometheus."""

    async def healthz(request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def readyz(request: Request) -> Response:
        details = await readiness(service)
        ready = details["store"] == "ok" and details["worker"] == "ok"
        return JSONResponse({"ready": ready, **details}, 200 if ready else 503)

    async def metrics(request: Request) -> Response:
        await refresh(service)
        return Response(service.metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")

    return [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)]


async def readiness(service: Service) -> dict[str, Any]:
    """Return how the parts stand.

    Mistakes in the workspace and runtimes that are away are told of, and are no reason to be restarted.
    """
    worker = service.worker
    if service.stop.is_set():
        state = "stopping"
    else:
        state = "ok" if worker is not None and not worker.done() else "not running"
    broken = bool(service.current.problems)
    followed, all_of_them = service.following.count() if service.following else (0, 0)
    return {
        "store": await _store(service),
        "worker": state,
        "workspace": "its files have mistakes; it is used as it was before" if broken else "ok",
        # What is not followed is looked at instead, and a little later known.
        "workflows": "ok" if followed == all_of_them else f"{followed} of {all_of_them} runtimes are followed",
    }


async def _store(service: Service) -> str:
    try:
        async with asyncio.timeout(_PATIENCE):
            await service.store.until_due()
    except TimeoutError:
        return "does not answer"
    except (StoreError, StoreUnavailableError):
        return "cannot be reached"
    return "ok"


async def refresh(service: Service) -> None:
    """Bring the gauges up to date."""
    metrics = service.metrics
    metrics.workspace_ok.set(0 if service.current.problems else 1)
    metrics.reloads.set(service.current.reloads)
    metrics.tasks.set(len(asyncio.all_tasks()))
    up, all_of_them = service.following.count() if service.following else (0, 0)
    metrics.watches.labels("open").set(up)
    metrics.watches.labels("closed").set(all_of_them - up)
    try:
        async with asyncio.timeout(_PATIENCE):
            standing = await service.store.standing()
    except (TimeoutError, StoreError, StoreUnavailableError):
        metrics.outages.inc()
        return
    for status, count in standing.by_status.items():
        metrics.releases.labels(status).set(count)
    metrics.due.set(standing.due)
