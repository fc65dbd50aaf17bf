"""Calls of the API that have something done. Access rules are asked before anything is."""

from __future__ import annotations

import hashlib
import logging
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from adapters.releases.data import release_data
from adapters.releases.making import deed_of_plan
from adapters.releases.refusal import RefusedError
from adapters.releases.requests import deed_of, sensible
from adapters.service.asked import Promotion, Wanted
from adapters.service.body import read_model
from adapters.service.callers import Caller
from adapters.service.permission import require_access
from adapters.service.problems import ProblemError
from adapters.service.promoting import check_names, made_plan
from adapters.service.service import Service
from adapters.store.origins import Known, Origin
from engine.execute.access import Deed
from engine.execute.store import Request as ReleaseRequest
from engine.execute.store import Wish
from engine.model.entities import Permission
from engine.plan.serialize import to_data

_log = logging.getLogger("promo.api")

_LONGEST_KEY = 200


async def dry_run(service: Service, request: Request, caller: Caller) -> Response:
    """Return what a promotion would change; changes nothing, so that any valid token will do."""
    asked = await read_model(request, Promotion)
    loaded = service.current.loaded
    check_names(asked, loaded)
    plan, _, _ = await service.in_thread(made_plan, asked, loaded, service.means, caller.person)
    return JSONResponse(to_data(plan))


async def promote(service: Service, request: Request, caller: Caller) -> Response:
    """Start a release; one that was started under the same ``Idempotency-Key`` is returned instead."""
    asked = await read_model(request, Promotion)
    loaded = service.current.loaded
    check_names(asked, loaded)
    require_access(service, caller, _deed(service, asked))
    origin = _origin(request, caller, asked)
    if origin is not None and (there := await service.store.known(origin.key)) is not None:
        return await _again(service, origin, there)
    plan, release, text = await service.in_thread(made_plan, asked, loaded, service.means, caller.person)
    if release is None:
        blockers = [{"code": one.code.value, "message": one.message, "help": one.unblock} for one in plan.all_blockers]
        raise ProblemError(409, "something stands in the way of this promotion", blockers=blockers)
    require_access(service, caller, deed_of_plan(plan))
    if origin is None:
        await service.store.create(release, text)
    elif (there := await service.store.start(origin, release, text)) is not None:
        return await _again(service, origin, there)
    said = {"release": release.id, "product": asked.product, "actor": caller.person}
    _log.info("a release was started", extra=said)
    return JSONResponse(release_data(release), 201, {"location": f"/api/v1/releases/{release.id}"})


async def ask(service: Service, request: Request, caller: Caller, wish: Wish) -> Response:
    """Leave a request for whoever carries a release on."""
    wanted = await read_model(request, Wanted)
    if wanted.environment is not None and wish is not Wish.APPROVE:
        raise ProblemError(422, "`environment` goes with approvals")
    release = await service.store.load(request.path_params["id"])
    try:
        where = sensible(release, wish, wanted.environment)
    except RefusedError as refused:
        # Who may not do it learns that first, and nothing about how the release stands.
        require_access(service, caller, deed_of(release, wish, None))
        raise ProblemError(409, refused.reason, refused.help) from refused
    require_access(service, caller, deed_of(release, wish, where))
    left = ReleaseRequest(0, wish, caller.person, datetime.now(UTC), where or "", caller.teams, wanted.reason)
    number = await service.store.ask(release.id, left)
    _log.info("asked to %s", wish.value, extra={"release": release.id, "actor": caller.person})
    return JSONResponse({"release": release.id, "asked": wish.value, "environment": where, "number": number}, 202)


def _deed(service: Service, asked: Promotion) -> Deed:
    """Return what access rules are asked about before anything is read for a promotion."""
    if asked.flow is None:
        assert asked.to is not None
        return Deed(Permission.PROMOTE, asked.product, (asked.to,), None)
    flow = service.current.loaded.workspace.flows[asked.flow]
    return Deed(Permission.TRIGGER, asked.product, tuple(step.environment for step in flow.steps), asked.flow)


def _origin(request: Request, caller: Caller, asked: Promotion) -> Origin | None:
    key = request.headers.get("idempotency-key")
    if key is None:
        return None
    if not 0 < len(key) <= _LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise ProblemError(400, f"`Idempotency-Key` must have 1 to {_LONGEST_KEY} printable characters")
    digest = hashlib.sha256(asked.model_dump_json(by_alias=True).encode()).hexdigest()
    return Origin(f"api:{caller.person}:{key}", digest)


async def _again(service: Service, origin: Origin, there: Known) -> Response:
    if there.digest != origin.digest or there.release is None:
        raise ProblemError(422, "this `Idempotency-Key` was used for another request", "choose a new one")
    release = await service.store.load(there.release)
    return JSONResponse(release_data(release), 200, {"location": f"/api/v1/releases/{release.id}"})
