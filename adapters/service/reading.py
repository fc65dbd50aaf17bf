"""Calls of the API that only read; any valid token may."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from adapters.releases.data import event_data, release_data
from adapters.releases.notes import notes_data, read_notes
from adapters.service.callers import Caller
from adapters.service.problems import ProblemError
from adapters.service.service import Service
from adapters.store.listing import ReleaseLine
from engine.execute.status import ReleaseStatus
from engine.execute.store import StoreUnavailableError
from grammar.suggest import did_you_mean
from grammar.vocabulary import listing

_PAGE, _MOST = 50, 200
_LOOK = 1.0
_HEARTBEAT = 15
_STREAMS = 200
"""How many streams of events are open at once."""


async def products(service: Service, request: Request, caller: Caller) -> Response:
    """Return every product with its flows."""
    workspace = service.current.loaded.workspace
    found = [
        {"name": name, "labels": dict(one.metadata.labels), "flows": [use.flow for use in one.flows]}
        for name, one in sorted(workspace.products.items())
    ]
    return JSONResponse({"products": found})


async def environments(service: Service, request: Request, caller: Caller) -> Response:
    """Return every environment."""
    workspace = service.current.loaded.workspace
    found = [
        {"name": name, "kind": one.kind.value, "labels": dict(one.metadata.labels)}
        for name, one in sorted(workspace.environments.items())
    ]
    return JSONResponse({"environments": found})


async def list_releases(service: Service, request: Request, caller: Caller) -> Response:
    """Return releases, the newest first."""
    known_query(request, ("product", "status", "limit", "before"))
    words = [status.value for status in ReleaseStatus]
    statuses = request.query_params.getlist("status")
    for word in statuses:
        if word not in words:
            near = did_you_mean(word[:100], words)
            raise ProblemError(400, f"`status` must be {listing([f'`{one}`' for one in words])}", near)
    limit = number(request, "limit", _PAGE, 1, _MOST)
    lines = await service.store.list(
        product=request.query_params.get("product"),
        statuses=[ReleaseStatus(word) for word in statuses],
        limit=limit,
        before=request.query_params.get("before"),
    )
    following = lines[-1].id if len(lines) == limit else None
    return JSONResponse({"releases": [_line(one) for one in lines], "next": following})


async def show(service: Service, request: Request, caller: Caller) -> Response:
    """Return one release."""
    return JSONResponse(release_data(await service.store.load(request.path_params["id"])))


async def plan_of(service: Service, request: Request, caller: Caller) -> Response:
    """Return the plan a release was made from."""
    text = await service.store.plan(request.path_params["id"])
    return Response(text, media_type="application/json")


async def notes(service: Service, request: Request, caller: Caller) -> Response:
    """Return what came with a release."""
    known_query(request, ("environment",))
    loaded = service.current.loaded
    found = await read_notes(
        service.store,
        request.path_params["id"],
        request.query_params.get("environment"),
        lambda: service.means.repositories(loaded),
    )
    return JSONResponse(notes_data(found))


async def events(service: Service, request: Request, caller: Caller) -> Response:
    """Return the audit trail of a release, as a page or, for ``Accept: text/event-stream``, as it grows."""
    known_query(request, ("after", "limit"))
    release = await service.store.load(request.path_params["id"])
    streaming = "text/event-stream" in request.headers.get("accept", "")
    last = request.headers.get("last-event-id", "")
    after = int(last) if streaming and last.isdecimal() and len(last) < 18 else number(request, "after", 0, 0, 10**17)
    if streaming:
        if service.streams >= _STREAMS:
            raise ProblemError(503, "too many streams are open")
        return StreamingResponse(_stream(service, release.id, after), media_type="text/event-stream")
    found = await service.store.events(release.id, after, number(request, "limit", _MOST, 1, 1000))
    return JSONResponse(
        {"events": [event_data(one.id, one.event) for one in found], "next": found[-1].id if found else after}
    )


async def _stream(service: Service, release: str, after: int) -> AsyncIterator[bytes]:
    """Yield events as they come, until the release is over or the service stops."""
    service.streams += 1
    silent = 0
    try:
        while not service.stop.is_set():
            try:
                over = (await service.store.load(release)).status.is_final and await service.store.is_resting(release)
                # Read after the state, so that a release that is over has told its last line.
                found = await service.store.events(release, after)
            except StoreUnavailableError:
                over, found = False, ()
            for one in found:
                after = one.id
                data = json.dumps(event_data(one.id, one.event))
                yield f"id: {one.id}\nevent: {one.event.kind}\ndata: {data}\n\n".encode()
            if over:
                return
            silent = 0 if found else silent + 1
            if silent % _HEARTBEAT == _HEARTBEAT - 1:
                yield b": still there\n\n"
            await service.pause(_LOOK)
    finally:
        service.streams -= 1


def known_query(request: Request, names: tuple[str, ...]) -> None:
    """Refuse parameters that nothing reads.

    Raises:
        ProblemError: with 400, suggesting the nearest.
    """
    for name in request.query_params:
        if name not in names:
            near = did_you_mean(name[:100], names)
            raise ProblemError(400, f"`{name[:100]}` is not a parameter of this call", near)


def number(request: Request, name: str, default: int, least: int, most: int) -> int:
    """Return a whole number from the query.

    Raises:
        ProblemError: with 400, when it is something else.
    """
    text = request.query_params.get(name)
    if text is None:
        return default
    if not text.isascii() or not text.isdecimal() or len(text) > 18 or not least <= int(text) <= most:
        raise ProblemError(400, f"`{name}` must be a whole number from {least} to {most}")
    return int(text)


def _line(line: ReleaseLine) -> dict[str, object]:
    data = asdict(line) | {"status": line.status.value}
    for name in ("created_at", "started_at", "finished_at"):
        moment = getattr(line, name)
        data[name] = moment.isoformat() if moment else None
    return data
