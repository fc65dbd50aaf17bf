"""The terminal."""

from __future__ import annotations

import codecs
from collections.abc import Iterator

from adapters.doctor.check import Result, ok, warning
from adapters.doctor.situation import Situation

_DRAWN = "├─└│✗→●"


class Terminal:
    """Output can hold the characters trees are drawn with, and any letter of a description."""

    name = "terminal"

    def run(self, situation: Situation) -> Iterator[Result]:
        """Yield one result."""
        kind = situation.environment.get("TERM", "")
        about = f"{situation.encoding}{f', TERM={kind}' if kind else ''}"
        try:
            codecs.encode(_DRAWN, situation.encoding)
        except (LookupError, UnicodeError):
            yield warning(
                f"{about}: trees are drawn in ASCII, and letters the encoding does not have are escaped",
                "set LC_ALL=C.UTF-8 (or PYTHONIOENCODING=utf-8)",
            )
        else:
            yield ok(about)
