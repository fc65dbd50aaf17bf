"""What an API server's refusals mean."""

from __future__ import annotations

from adapters.argocd.transport import Address, NotNowError
from adapters.remote.refusals import usual_failure
from adapters.remote.said import message_of
from adapters.remote.server import Answer
from engine.execute.errors import TerminalError

_BUSY = "another operation is already in progress"
_WINDOWS = ("sync window", "blocked by sync", "outside of the sync")


def failure(answer: Answer, address: Address, server: str) -> Exception:
    """Return the error that an answer other than success is.

    Args:
        answer: without secrets.
        address: the application that was asked for.
        server: the server's address, for messages.
    """
    status, reason = answer.status, message_of(answer.body)
    told = f"{server} answered {status}: {reason}"
    if any(words in reason.lower() for words in (_BUSY, *_WINDOWS)) and status in (400, 403, 409, 412):
        return NotNowError(reason, passing=_BUSY in reason.lower())
    usual = usual_failure(answer, told)
    if usual is not None:
        return usual
    project = address.project
    if not address.name and status in (403, 404):  # nothing that needs a right was asked for
        return TerminalError(told, "is `url` that of Argo CD?")
    match status:
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
        case _:
            return TerminalError(told)
