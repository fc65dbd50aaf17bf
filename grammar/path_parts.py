"""Dotted references: how `product.labels["a/b"]` splits into parts, and how parts are written."""

from __future__ import annotations

import re
from functools import lru_cache

from grammar.lexical import quote, unquote

_PART = re.compile(r'\.?([A-Za-z0-9_-]+)|\[("(?:[^"\\\r\n]|\\[^\r\n])*")\]')
_SHORT = 128
"""Characters of a token whose parts are remembered."""
_PLAIN = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?\Z")


def path_parts(token: str) -> tuple[str, ...]:
    """Split a reference token into its parts, unquoting the bracketed ones.

    Raises:
        BadEscapeError: when a bracketed part holds an unknown escape.
    """
    return _remembered(token) if len(token) <= _SHORT else _split(token)


def _split(token: str) -> tuple[str, ...]:
    return tuple([match[1] or unquote(match[2]) for match in _PART.finditer(token)])


# A workspace asks about the same few attributes again and again. One object for each makes the cached AST smaller, too.
_remembered = lru_cache(maxsize=4096)(_split)


def path_token(parts: tuple[str, ...]) -> str:
    """Return the reference that `path_parts` splits into these parts."""
    first, *rest = parts
    return first + "".join(f".{part}" if _PLAIN.match(part) else f"[{quote(part)}]" for part in rest)
