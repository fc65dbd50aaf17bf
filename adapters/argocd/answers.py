"""What an API server's answers mean: an application, or the reason why there is none."""

from __future__ import annotations

import json
from collections.abc import Mapping

from adapters.argocd.transport import Address, NotNowError
from adapters.argocd.verdict import said
from engine.execute.errors import AdapterError, RetryableError, TerminalError

_BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})
_LONGEST_WAIT = 600.0  # seconds
_LATER = ("another operation is already in progress", "sync window", "blocked by sync", "outside of the sync")


def failure(status: int, headers: Mapping[str, str], body: bytes, address: Address, server: str) -> Exception:
    """Return the error that an answer other than success is.

    Args:
        status: the HTTP status.
        headers: of the answer, their names in lower case.
        body: of the answer.
        address: the application that was asked for.
        server: the server's address, for messages.
    """
    reason = message_of(body)
    told = f"{server} answered {status}: {reason}"
    if status in _BUSY:
        return RetryableError(told, after=_retry_after(headers))
    if any(words in reason.lower() for words in _LATER) and status in (400, 403, 409, 412):
        return NotNowError(reason)
    if status == 409:
        return RetryableError(told)
    return _refusal(status, headers, told, address)


def _refusal(status: int, headers: Mapping[str, str], told: str, address: Address) -> AdapterError:
    project = address.project
    match status:
        case 401:
            return TerminalError(told, "the token is wrong or has expired; put a new one where `token` points")
        case 403:
            return TerminalError(
                told,
                f"is application `{address}` in project `{project}`? If so, the token needs `get` and `sync` of"
                f" applications for `{project}/{address.name}`",
            )
        case 404:
            return TerminalError(
                f"there is no application `{address}` in project `{project}` ({told})",
                "correct its name, namespace or `spec.project` in the workspace, or create it",
            )
        case 415:
            return TerminalError(told, "something between promo and Argo CD changes `Content-Type`")
        case _ if 300 <= status < 400:
            # It is not followed, since the token would go there too.
            place = headers.get("location", "").split("?")[0]
            return TerminalError(
                said(f"{told}, which is a redirect to `{place}` and is not followed"), "set `url` to where it leads"
            )
        case _:
            return TerminalError(told)


def message_of(body: bytes) -> str:
    """Return what an error says about itself; Argo CD calls it ``message`` and ``error``."""
    try:
        found = json.loads(body[:100_000])
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, dict):
        for key in ("message", "error"):
            if isinstance(found.get(key), str) and found[key]:
                return said(found[key])
    return "no reason is given"


def _retry_after(headers: Mapping[str, str]) -> float | None:
    text = headers.get("retry-after", "").strip()
    return min(float(text[:9]), _LONGEST_WAIT) if text.isascii() and text.isdecimal() else None
