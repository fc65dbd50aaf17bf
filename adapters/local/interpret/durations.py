"""Durations as Argo writes them: ``90`` seconds, ``1m30s``, ``500ms``."""

from __future__ import annotations

import re

_PART = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|s|m|h|d)")
_WHOLE = re.compile(rf"(?:{_PART.pattern})+")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def seconds(text: str) -> float:
    """Return a duration in seconds; a bare number is seconds.

    Raises:
        ValueError: for anything else.
    """
    text = text.strip()
    if re.fullmatch(r"[0-9]{1,9}(?:\.[0-9]+)?", text):
        return float(text)
    if len(text) > 40 or not _WHOLE.fullmatch(text):
        raise ValueError(f"`{text[:40]}` is no duration such as `30s` or `1h30m`")
    return sum(float(number) * _SECONDS[unit] for number, unit in _PART.findall(text))
