"""How large, deep and intricate a manifest file may be, so that hostile input costs bounded time and memory."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ManifestLimits:
    """Bounds on one YAML text; exceeding one is a diagnostic.

    Attributes:
        size: characters of the text.
        depth: collections inside each other; far below the interpreter's recursion limit.
        values: values of the text, where every alias counts as everything it stands for.
        findings: diagnostics reported for one text before the rest is only counted.
    """

    size: int = 8_000_000
    depth: int = 100
    values: int = 500_000
    findings: int = 100


DEFAULT_MANIFEST_LIMITS = ManifestLimits()

LARGEST_NUMBER = 999_999_999_999
SMALLEST_NUMBER = -99_999_999_999
"""The whole numbers that a `.promo` file can say: at most twelve characters."""
