"""What time a web server has, which says how wrong the machine's clock is; for any server that a workspace names."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


class NoDateError(Exception):
    """A server could not be asked, or said nothing about the time; the text says why, without secrets."""


def server_time(origin: str, timeout: float) -> datetime:
    """Ask a server for its time, in the `Date` header of its answer to a HEAD request; whole seconds.

    Args:
        origin: scheme, host and perhaps port, e.g. ``https://git.example.com``; nothing is sent but this request,
            no credentials, and a redirect is not followed.
        timeout: seconds that connecting, and each part of the answer, may take.

    Raises:
        NoDateError: when there is no answer, or none with a date.
    """
    import httpx

    try:
        with httpx.Client(timeout=timeout, follow_redirects=False) as client:
            answer = client.head(f"{origin}/")
    except httpx.TimeoutException as late:
        raise NoDateError(f"no answer within {timeout:g} seconds") from late
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as broken:
        raise NoDateError(f"no answer ({type(broken).__name__})") from broken
    written = answer.headers.get("date")
    try:
        moment = parsedate_to_datetime(written) if written else None
    except ValueError:
        moment = None
    if moment is None:
        raise NoDateError("its answer has no date")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
