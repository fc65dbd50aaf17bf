"""Webhooks: of forges under ``/webhooks/NAME``, of Argo CD's notifications under ``/webhooks/argocd``.

They are answered when what they tell of is in the store, and before anything is done about it.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from collections.abc import Iterable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from adapters.forge.configured import ForgeConfiguration
from adapters.forge.webhooks import LARGEST, Ignored, PullRequestChanged, Pushed, WebhookRefusedError, read_webhook
from adapters.git import AddressError, normalise
from adapters.secrets import Secret, SecretError, parse_reference
from adapters.service.body import held_body, read_body
from adapters.service.problems import ProblemError
from adapters.service.service import Service
from engine.execute.store import StoreUnavailableError

_log = logging.getLogger("promo.webhooks")

ARGOCD = "argocd"
ARGOCD_HEADER = "x-promo-token"
"""Where Argo CD's notifications carry the token; ``Authorization: Bearer`` is understood too."""

PATIENCE = 8.0
"""Seconds that the store may take; forges wait for ten. Source: GitHub, "best practices for using webhooks"."""

_LARGEST_NOTE = 64 * 1024


def webhook_routes(service: Service) -> list[Route]:
    """Return the routes of webhooks."""

    async def of_forge(request: Request) -> Response:
        name = request.path_params["name"]
        forge = next((one for one in service.current.loaded.configuration.adapters.forges if one.name == name), None)
        if forge is None or not forge.webhook_secret:
            service.metrics.webhooks.labels("(unknown)", "refused").inc()
            raise ProblemError(404, "no webhooks are taken here", "give `[forges.NAME]` a `webhook-secret`")
        return await _answered(service, request, forge)

    async def of_argocd(request: Request) -> Response:
        return await _noted(service, request)

    return [
        Route(f"/webhooks/{ARGOCD}", of_argocd, methods=["POST"]),
        Route("/webhooks/{name}", of_forge, methods=["POST"]),
    ]


async def _answered(service: Service, request: Request, forge: ForgeConfiguration) -> Response:
    kind, counts = forge.kind.value, service.metrics.webhooks
    secret = _secret(service, forge.webhook_secret)
    try:
        async with held_body(request, LARGEST, service.room) as body:
            event = read_webhook(forge.kind, secret, request.headers, body)
    except WebhookRefusedError as refused:
        counts.labels(kind, "refused").inc()
        if refused.status == 401:
            service.metrics.bad_signatures.labels(kind).inc()
            _log.warning("a webhook for `%s` was refused: %s", forge.name, refused)
        raise ProblemError(refused.status, str(refused)) from None
    try:
        async with asyncio.timeout(PATIENCE):
            result = await _take_on(service, event)
    except (StoreUnavailableError, TimeoutError) as away:
        counts.labels(kind, "store away").inc()
        service.metrics.outages.inc()
        raise ProblemError(503, "the store cannot be reached; send it again") from away
    counts.labels(kind, result).inc()
    return JSONResponse({"result": result}, 202)


async def _take_on(service: Service, event: Pushed | PullRequestChanged | Ignored) -> str:
    """Have what an event may have changed looked at; return what was done about it."""
    if isinstance(event, Ignored):
        return "ignored"
    if isinstance(event, PullRequestChanged):
        keys = _keys(event.repo_urls)
        roused = await service.store.rouse_pull_request(lambda url: _key(url) in keys, event.head_branch)
        service.metrics.woken.labels("pull request").inc(roused)
        return "accepted" if roused else "not awaited"
    watched = False
    for key in sorted(_keys(event.repo_urls)):
        watched |= await service.store.push(key)
    if watched:
        service.pushed.set()
    return "accepted" if watched else "not watched"


def _keys(urls: Iterable[str]) -> frozenset[str]:
    return frozenset(_key(url) for url in urls) - {""}


def _key(url: str) -> str:
    try:
        return normalise(url)
    except AddressError:
        return ""


async def _noted(service: Service, request: Request) -> Response:
    counts = service.metrics.webhooks
    reference = service.current.loaded.configuration.service.argocd
    if not reference:
        counts.labels(ARGOCD, "refused").inc()
        raise ProblemError(404, "no notifications are taken here", "set `argocd` in `[service.webhooks]`")
    wanted = _secret(service, reference).reveal()
    given = request.headers.get(ARGOCD_HEADER) or request.headers.get("authorization", "").removeprefix("Bearer ")
    if not hmac.compare_digest(wanted.encode(), given.encode("utf-8", "surrogateescape")):
        counts.labels(ARGOCD, "refused").inc()
        service.metrics.bad_signatures.labels(ARGOCD).inc()
        raise ProblemError(401, f"the notification does not carry the token in `{ARGOCD_HEADER}`")
    names = _applications(await read_body(request, _LARGEST_NOTE))
    try:
        async with asyncio.timeout(PATIENCE):
            woken = await service.store.rouse_applications(names)
    except (StoreUnavailableError, TimeoutError) as away:
        counts.labels(ARGOCD, "store away").inc()
        service.metrics.outages.inc()
        raise ProblemError(503, "the store cannot be reached; send it again") from away
    service.metrics.woken.labels("application").inc(woken)
    result = "accepted" if woken else "not awaited"
    counts.labels(ARGOCD, result).inc()
    return JSONResponse({"result": result, "woken": woken}, 202)


def _applications(body: bytes) -> tuple[str, ...]:
    """Return the names that a notification may mean: with its namespace, and without."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        data = None
    name = data.get("application") if isinstance(data, dict) else None
    namespace = data.get("namespace") if isinstance(data, dict) else None
    if not isinstance(name, str) or not 0 < len(name) <= 512:
        raise ProblemError(400, 'the notification is not `{"application": "NAME"}`')
    return (f"{namespace}/{name}", name) if isinstance(namespace, str) and namespace else (name,)


def _secret(service: Service, reference: str) -> Secret:
    try:
        return parse_reference(reference).read(service.current.loaded.folder)
    except SecretError as problem:
        _log.error("webhooks cannot be verified: %s; %s", problem, problem.help)
        raise ProblemError(503, "the secret of webhooks cannot be read") from None
