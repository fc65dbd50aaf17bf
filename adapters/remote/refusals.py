"""What an answer other than success means with any server, and how the JSON of one is read."""

from __future__ import annotations

import json
from typing import Any

from adapters.remote.failures import NoAccessError, StrangerError
from adapters.remote.said import asked_wait, said
from adapters.remote.server import BUSY, Answer
from engine.execute.errors import AdapterError, RetryableError, TerminalError

_LONGEST = 600


def usual_failure(answer: Answer, told: str) -> AdapterError | None:
    """Return the error that an answer is whichever server it is of; None where that depends on the server.

    Args:
        answer: other than success.
        told: which server answered what, for people; without secrets.
    """
    status = answer.status
    if status in BUSY:
        return RetryableError(told, after=asked_wait(answer.headers))
    if status == 409:
        return RetryableError(told)
    if is_strangers(status, answer.body):
        return stranger(told, "set `url` to the server's own address")
    if status == 401:
        return NoAccessError(told, "the token is wrong or has expired; put a new one where `token` points")
    if 300 <= status < 400:
        # It is not followed, since the token would go there too.
        place = answer.headers.get("location", "").split("?")[0]
        return TerminalError(
            said(f"{told}, which is a redirect to `{place}` and is not followed", _LONGEST),
            "set `url` to where it leads",
        )
    return None


def is_strangers(status: int, body: bytes) -> bool:
    """Say whether an answer that something is not there is not the server's own.

    Argo's servers and forges say in JSON what is not there; a proxy whose server is away for a moment answers with a
    page, a line of text or nothing.
    """
    return status == 404 and not is_json(body)


def stranger(told: str, remedy: str) -> StrangerError:
    """Return the error that such an answer is; arguments as with `usual_failure` and `object_of`."""
    return StrangerError(f"{told}; something else may have answered", remedy)


def is_json(body: bytes) -> bool:
    """Say whether a whole body is JSON."""
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return False
    return True


def object_of(answer: Answer, who: str, remedy: str) -> dict[str, Any]:
    """Return the JSON object that an answer holds.

    Args:
        answer: a success.
        who: the server, and before it what was asked for, for people.
        remedy: what to do where something else answered, such as a proxy or a page.

    Raises:
        AdapterError: `RetryableError` where it is no JSON or breaks off, `TerminalError` where it is no object.
    """
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError) as wrong:
        if answer.body.lstrip()[:1] == b"{":
            raise RetryableError(f"{who} answered with something that is not whole") from wrong
        # A proxy that is being restarted may answer so for a moment, after the server has done what it was asked for.
        raise RetryableError(f"{who} answered with something that is not JSON", remedy) from wrong
    if not isinstance(found, dict):
        raise TerminalError(f"{who} answered with something that is no object", remedy)
    return found
