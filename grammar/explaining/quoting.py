"""How messages quote what was written."""

from __future__ import annotations

_LONGEST = 60


def shown(text: str) -> str:
    """Return a text as a message quotes it: shortened when it is long."""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 20]}..."
