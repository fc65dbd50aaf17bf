"""Patterns of paths: `*` within a name, `**` for any number of folders."""

from __future__ import annotations

import re
from collections.abc import Iterable

from engine.model.glob import matches


def pattern_problem(pattern: str) -> str | None:
    """Return what is wrong with a pattern, or None."""
    if not pattern.strip():
        return "is empty"
    if "\\" in pattern:
        return "has a `\\`; folders are parted by `/`"
    if pattern.startswith(("/", "~")) or re.match(r"[A-Za-z]:", pattern):
        return "is absolute; patterns are relative to the workspace's folder"
    parts = pattern.split("/")
    if ".." in parts:
        return "leads out of the workspace with `..`"
    if any("**" in part and part != "**" for part in parts):
        return "joins `**` to a name; `**` stands alone between `/`"
    return None


class Patterns:
    """A list of patterns, taken apart once."""

    def __init__(self, patterns: Iterable[str]) -> None:
        """Prepare patterns that `pattern_problem` finds nothing wrong with."""
        self._patterns = [tuple(part for part in pattern.split("/") if part not in ("", ".")) for pattern in patterns]

    def matches(self, path: str) -> bool:
        """Say whether a path, parted by `/` and relative, matches one of the patterns as a whole."""
        names = path.split("/")
        return any(_fits(pattern, names) for pattern in self._patterns)

    def unused(self, paths: Iterable[str]) -> list[int]:
        """Return the indexes of the patterns that match none of the paths."""
        listed = [path.split("/") for path in paths]
        return [
            index for index, pattern in enumerate(self._patterns) if not any(_fits(pattern, names) for names in listed)
        ]


def _fits(pattern: tuple[str, ...], names: list[str]) -> bool:
    """Match name by name, without backtracking. Cost: O(len(pattern) * len(names)) names."""
    reached = {0}
    for part in pattern:
        if part == "**":
            reached = set(range(min(reached), len(names) + 1))
        else:
            reached = {at + 1 for at in reached if at < len(names) and matches(part, names[at])}
        if not reached:
            return False
    return len(names) in reached
