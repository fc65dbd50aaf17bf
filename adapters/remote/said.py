"""What a server has said, fit to be shown and stored."""

from __future__ import annotations

import json
from collections.abc import Mapping

from grammar.render import printable

LONGEST = 400
_LONGEST_WAIT = 600.0  # seconds


def said(text: str, longest: int = LONGEST) -> str:
    """Return a text that a server may have made as one line of at most so many characters."""
    one_line = printable(" ".join(text.split()))
    return one_line if len(one_line) <= longest else f"{one_line[: longest - 1]}…"


def message_of(body: bytes) -> str:
    """Return what an error says about itself; Argo's servers and Kubernetes call it ``message``, some ``error``."""
    try:
        found = json.loads(body[:100_000])
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, dict):
        for key in ("message", "error"):
            if isinstance(found.get(key), str) and found[key]:
                return said(found[key])
    return "no reason is given"


def asked_wait(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that a server asks to be left alone for, at most ten minutes; None where it says nothing.

    Args:
        headers: of its answer, their names in lower case.
    """
    text = headers.get("retry-after", "").strip()
    return min(float(text[:9]), _LONGEST_WAIT) if text.isascii() and text.isdecimal() else None
