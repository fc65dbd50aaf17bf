"""Dotted references: how `product.labels["a/b"]` splits into parts, and how parts are written."""

from __future__ import annotations

import re

from grammar.lexical import quote, unquote

_PART = re.compile(r'\.?([A-Za-z0-9_-]+)|\[("(?:[^"\\\r\n]|\\[^\r\n])*")\]')
_PLAIN = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?\Z")


def path_parts(token: str) -> tuple[str, ...]:
    """Split a reference token into its parts, unquoting the bracketed ones.

    Raises:
        BadEscapeError: when a bracketed part holds an unknown escape.
    """
    return tuple(match[1] or unquote(match[2]) for match in _PART.finditer(token))


def path_token(parts: tuple[str, ...]) -> str:
    """Return the reference that `path_parts` splits into these parts."""
    first, *rest = parts
    return first + "".join(f".{part}" if _PLAIN.match(part) else f"[{quote(part)}]" for part in rest)
