"""Something that is wrong with a folder."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """What is wrong, and where.

    Attributes:
        path: the file, from the repository's root.
        line: 1-based; 0 where it is about the whole file.
        message: what is wrong.
    """

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        """Return e.g. ``apps/qa/values.yaml:3: ...``."""
        return f"{self.path}:{self.line}: {self.message}" if self.line else f"{self.path}: {self.message}"
