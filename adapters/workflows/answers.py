"""What the answers of Argo's server mean, other than what was asked for."""

from __future__ import annotations

import json

from adapters.remote.refusals import usual_failure
from adapters.remote.said import message_of, said
from adapters.remote.server import Answer
from engine.execute.errors import AdapterError, TerminalError

_NOT_FOUND = 5
"""The number of gRPC for what is not there; the server writes it into the body."""

_CONFLICT = "the object has been modified"


def says_not_found(answer: Answer) -> bool:
    """Say whether Argo's server says that something is not there; another's 404 is not such an answer."""
    if answer.status != 404:
        return False
    try:
        found = json.loads(answer.body[:100_000])
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and found.get("code") == _NOT_FOUND


def is_conflict(answer: Answer) -> bool:
    """Say whether a 409 is one of versions: Kubernetes' lock of an object, and not a name that is taken."""
    return answer.status == 409 and _CONFLICT in message_of(answer.body)


def failure(answer: Answer, server: str, doing: str, right: str) -> AdapterError:
    """Return the error that an answer other than success is.

    Args:
        answer: of the server.
        server: its address, for people.
        doing: what was asked for, e.g. ``starting `smoke-1` ``.
        right: what the token must be allowed to, e.g. ``create`` of ``workflows``.
    """
    told = said(f"{doing}: {server} answered {answer.status}: {message_of(answer.body)}", 600)
    status = answer.status
    usual = usual_failure(answer, told)
    if usual is not None:
        return usual
    if status == 403:
        return TerminalError(told, f"the token needs {right} in that namespace")
    if status == 404 and not says_not_found(answer):
        return TerminalError(told, "set `url` to the address of Argo's server, with its path if it has one")
    if status == 501:
        return TerminalError(told, "this server is older than what promo asks of it, or the feature is off")
    return TerminalError(told)
