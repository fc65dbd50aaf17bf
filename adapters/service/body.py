"""Bodies of requests, read up to a size, in a time, and not too many large ones at once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import ClientDisconnect, Request

from adapters.service.problems import ProblemError
from grammar.suggest import did_you_mean

_Model = TypeVar("_Model", bound=BaseModel)

LARGEST = 64 * 1024
"""Bytes a request to the API may have."""

PATIENCE = 20.0
"""Seconds until a body must be there."""

ROOM = 128 * 1024 * 1024
"""Bytes that bodies of webhooks may take together, before anybody knows whether they are genuine."""


class Room:
    """What bodies may take together."""

    def __init__(self, size: int = ROOM) -> None:
        """Begin with none.

        Args:
            size: bytes.
        """
        self._left = size

    def take(self, size: int) -> None:
        """Have room for more bytes.

        Raises:
            ProblemError: with 503, when there is none.
        """
        if size > self._left:
            raise ProblemError(503, "too much is being received at once; send it again")
        self._left -= size

    def give_back(self, size: int) -> None:
        """Have the room for others."""
        self._left += size


@asynccontextmanager
async def held_body(request: Request, largest: int, room: Room) -> AsyncIterator[bytes]:
    """Read the body of a request, and have room for it until a block ends.

    Raises:
        ProblemError: as `read_body`, and when there is no room.
    """
    taken = 0

    def take(size: int) -> None:
        nonlocal taken
        room.take(size)
        taken += size

    try:
        yield await _read(request, largest, take)
    finally:
        room.give_back(taken)


async def read_body(request: Request, largest: int) -> bytes:
    """Return the body of a request.

    Raises:
        ProblemError: when it has more bytes than allowed, or does not come in time; the rest is not read.
    """
    return await _read(request, largest, lambda size: None)


async def _read(request: Request, largest: int, take: Callable[[int], None]) -> bytes:
    said = request.headers.get("content-length", "0")
    if said.isdecimal() and int(said) > largest:
        raise ProblemError(413, f"a body may have {largest:,} bytes")
    parts, size = [], 0
    try:
        async with asyncio.timeout(PATIENCE):
            async for part in request.stream():
                size += len(part)
                if size > largest:
                    raise ProblemError(413, f"a body may have {largest:,} bytes")
                take(len(part))
                parts.append(part)
    except TimeoutError:
        raise ProblemError(408, f"the body did not come within {PATIENCE:.0f} seconds") from None
    except ClientDisconnect:
        raise ProblemError(400, "the body broke off") from None
    return b"".join(parts)


async def read_model(request: Request, model: type[_Model]) -> _Model:
    """Return the body of a request as a model.

    Raises:
        ProblemError: when it is not JSON, or has other members than the model.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise ProblemError(
            415, "the body must be `application/json`", "set the header `Content-Type: application/json`"
        )
    try:
        data = json.loads(await read_body(request, LARGEST) or b"{}")
    except (ValueError, RecursionError):
        raise ProblemError(400, "the body is not JSON") from None
    if not isinstance(data, dict):
        raise ProblemError(400, "the body is not a JSON object")
    try:
        return model.model_validate(data)
    except ValidationError as wrong:
        found = [_explained(detail, model) for detail in wrong.errors(include_url=False, include_input=False)]
        raise ProblemError(422, found[0], errors=found) from None


def _explained(detail: Any, model: type[BaseModel]) -> str:
    name = ".".join(str(part) for part in detail["loc"])
    if detail["type"] == "extra_forbidden":
        near = did_you_mean(name, model.model_fields)
        return f"`{name[:100]}` is not a member of this request" + (f"; {near}" if near else "")
    if detail["type"] == "missing":
        return f"`{name}` is missing"
    message = str(detail["msg"]).removeprefix("Value error, ")
    return f"`{name}`: {message[:1].lower()}{message[1:]}" if name else message
