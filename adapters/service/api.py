"""The JSON API: who may call, what is answered to faults, and the table of its routes."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from adapters.releases.names import UndeclaredError
from adapters.releases.refusal import RefusedError
from adapters.service.callers import Caller
from adapters.service.doing import ask, dry_run, promote
from adapters.service.means import MeansError
from adapters.service.problems import ProblemError
from adapters.service.reading import environments, events, list_releases, notes, plan_of, products, show
from adapters.service.service import Service
from adapters.store.errors import AmbiguousReleaseError, StoreError, UnknownReleaseError
from engine.execute.store import StoreUnavailableError, Wish
from engine.plan.ports import RepositoryError

_log = logging.getLogger("promo.api")

BASE = "/api/v1"

LONGEST = 60.0
"""Seconds until a call is given up that waits for the store or for Git; streams are not meant."""

Handler = Callable[[Service, Request, Caller], Awaitable[Response]]


def api_routes(service: Service) -> list[Route]:
    """Return the routes of the API; every one asks for a valid token."""

    def asking(wish: Wish) -> Handler:
        return lambda service, request, caller: ask(service, request, caller, wish)

    table: list[tuple[str, str, Handler]] = [
        ("GET", "/openapi.json", openapi),
        ("GET", "/products", products),
        ("GET", "/environments", environments),
        ("GET", "/releases", list_releases),
        ("POST", "/releases", promote),
        ("GET", "/releases/{id}", show),
        ("GET", "/releases/{id}/events", events),
        ("GET", "/releases/{id}/plan", plan_of),
        ("GET", "/releases/{id}/notes", notes),
        *(("POST", f"/releases/{{id}}/{wish.value}", asking(wish)) for wish in Wish),
        ("POST", "/plan", dry_run),
    ]
    return [Route(BASE + path, _guarded(service, handler), methods=[method]) for method, path, handler in table]


async def openapi(service: Service, request: Request, caller: Caller) -> Response:
    """Return the description of the API."""
    return JSONResponse(openapi_document())


def openapi_document() -> dict[str, object]:
    """Return the OpenAPI document of the API."""
    document: dict[str, object] = json.loads(files("adapters.service").joinpath("openapi.json").read_text("utf-8"))
    return document


def _guarded(service: Service, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """Return an endpoint that knows who calls before anything else, and turns faults into answers."""

    async def endpoint(request: Request) -> Response:
        caller = service.callers.who(request.headers.get("authorization", ""))
        if caller is None:
            service.metrics.refused.labels("401").inc()
            raise ProblemError(401, "the call carries no valid token", "send `Authorization: Bearer TOKEN`")
        try:
            async with asyncio.timeout(LONGEST):
                return await handler(service, request, caller)
        except TimeoutError as late:
            raise ProblemError(
                503,
                f"it takes longer than {LONGEST:.0f} seconds",
                "ask again; start releases under an `Idempotency-Key`",
            ) from late
        except (UnknownReleaseError, UndeclaredError) as unknown:
            raise ProblemError(404, unknown.reason, unknown.help) from unknown
        except AmbiguousReleaseError as unclear:
            raise ProblemError(409, unclear.reason, unclear.help) from unclear
        except RefusedError as refused:
            raise ProblemError(422, refused.reason, refused.help) from refused
        except StoreUnavailableError as away:
            service.metrics.outages.inc()
            raise ProblemError(503, "the store of releases cannot be reached for now") from away
        except StoreError as wrong:
            raise ProblemError(409, wrong.reason, wrong.help) from wrong
        except (RepositoryError, MeansError) as away:
            raise ProblemError(503, str(away)) from away

    return endpoint
