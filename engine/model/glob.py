"""Patterns with `*`: the only wildcard; every other character stands for itself.

Source: domain, triggering.
"""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=4096)
def _parts(glob: str) -> tuple[str, ...]:
    return tuple(glob.split("*"))


def matches(glob: str, text: str) -> bool:
    """Say whether a pattern matches a whole text, case-sensitively; `*` crosses spaces, `/` and line breaks.

    Cost: O(len(glob) * len(text)) at worst, without backtracking.
    """
    first, *rest = _parts(glob)
    if not rest:
        return glob == text
    *middle, last = rest
    if not text.startswith(first) or len(text) < len(first) + len(last) or not text.endswith(last):
        return False
    position, limit = len(first), len(text) - len(last)
    for part in middle:
        found = text.find(part, position, limit)
        if found < 0:
            return False
        position = found + len(part)
    return True


def is_literal(glob: str) -> bool:
    """Say whether a pattern holds no wildcard, so that it matches exactly itself."""
    return "*" not in glob
