"""Bodies of requests, read up to a size."""

from __future__ import annotations

import json
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import Request

from adapters.service.problems import ProblemError
from grammar.suggest import did_you_mean

_Model = TypeVar("_Model", bound=BaseModel)

LARGEST = 64 * 1024
"""Bytes a request to the API may have."""


async def read_body(request: Request, largest: int) -> bytes:
    """Return the body of a request.

    Raises:
        ProblemError: when it has more bytes than allowed; the rest is not read.
    """
    said = request.headers.get("content-length", "0")
    if said.isdecimal() and int(said) > largest:
        raise ProblemError(413, f"a body may have {largest:,} bytes")
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > largest:
            raise ProblemError(413, f"a body may have {largest:,} bytes")
        parts.append(part)
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
