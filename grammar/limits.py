"""Bounds on what is read, so that hostile input costs bounded time and memory."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on a `.promo` text; exceeding one is a diagnostic.

    Attributes:
        file_size: characters in one file.
        nesting: depth of parentheses, braces and `not` in one declaration.
        name_length: characters in a name (Kubernetes allows 253).
        string_length: characters in a string.
        elements: elements of one list, and operands of one `and` or `or`.
        diagnostics: findings reported for one file before the rest is only counted.
    """

    file_size: int = 8_000_000
    nesting: int = 64
    name_length: int = 253
    string_length: int = 4_096
    elements: int = 100_000
    diagnostics: int = 100


DEFAULT_LIMITS = Limits()
