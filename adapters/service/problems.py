"""What is wrong with a call, as RFC 9457 has it: ``application/problem+json``."""

from __future__ import annotations

import json

from starlette.requests import Request
from starlette.responses import Response

from adapters.service.lingering import LingeringResponse

_TITLES = {
    400: "the request cannot be understood",
    401: "no valid token",
    403: "not allowed",
    404: "there is no such thing",
    405: "this cannot be done here",
    408: "the request takes too long",
    409: "it does not fit how things stand",
    413: "the request is too large",
    415: "the request is not JSON",
    422: "the request asks for something that cannot be",
    500: "a fault of promo",
    503: "not for now",
}


class ProblemError(Exception):
    """A call cannot be answered as asked."""

    def __init__(self, status: int, detail: str, help: str = "", **more: object) -> None:
        """Describe it.

        Args:
            status: of HTTP.
            detail: what is wrong; lower case, no final period, nothing secret.
            help: what to do.
            more: further members of the answer.
        """
        super().__init__(detail)
        self.status, self.detail, self.help, self.more = status, detail, help, more

    def response(self) -> Response:
        """Return it as an answer."""
        data: dict[str, object] = {"type": "about:blank", "title": _TITLES[self.status], "status": self.status}
        data |= {"detail": self.detail, **({"help": self.help} if self.help else {}), **self.more}
        headers = {"www-authenticate": "Bearer"} if self.status == 401 else {}
        if self.status == 503:
            headers["retry-after"] = "2"
        kind = Response
        if self.status in (408, 413):
            headers["connection"] = "close"  # the rest of the body is not wanted
            kind = LingeringResponse
        return kind(json.dumps(data), self.status, headers, "application/problem+json")


async def answer(request: Request, problem: Exception) -> Response:
    """Return the answer for a `ProblemError` that a route raised."""
    assert isinstance(problem, ProblemError)
    return problem.response()
