"""Which of many rows a text fits, where each row asks for patterns: most patterns are found, not tried.

A pattern with one `*` at its end or its beginning fits a text exactly if the text begins, or ends, with the rest of
it: one look at a table for each length that such a rest has. Only the patterns left over are tried one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engine.model.glob import matches
from engine.model.values import Scalar


class GlobTable:
    """Patterns by row, all of one attribute."""

    __slots__ = ("_exact", "_heads", "_rest", "_tails")

    def __init__(self, rows: Mapping[str, int]) -> None:
        """Index sets of rows by the pattern that each of the rows is content with. O(patterns)."""
        self._exact: dict[str, int] = {}
        self._heads: dict[int, dict[str, int]] = {}
        self._tails: dict[int, dict[str, int]] = {}
        self._rest: list[tuple[str, int]] = []
        for glob, asking in rows.items():
            stars = glob.count("*")
            if not stars:
                self._exact[glob] = asking
            elif stars == 1 and glob.endswith("*"):
                self._heads.setdefault(len(glob) - 1, {})[glob[:-1]] = asking
            elif stars == 1 and glob.startswith("*"):
                self._tails.setdefault(len(glob) - 1, {})[glob[1:]] = asking
            else:
                self._rest.append((glob, asking))

    def fitting(self, values: Iterable[Scalar], wanted: int) -> tuple[int, int]:
        """Return the rows that some value fits, and how many patterns were tried one by one.

        Args:
            values: of the attribute; only texts fit patterns.
            wanted: the rows that matter; of others it is left open whether they are returned.
        """
        found = tried = 0
        for value in values:
            if not isinstance(value, str):
                continue
            found |= self._exact.get(value, 0)
            for length, heads in self._heads.items():
                if length <= len(value):
                    found |= heads.get(value[:length], 0)
            for length, tails in self._tails.items():
                if length <= len(value):
                    found |= tails.get(value[len(value) - length :], 0)
            for glob, asking in self._rest:
                if wanted & asking & ~found:
                    tried += 1
                    if matches(glob, value):
                        found |= asking
        return found, tried
