"""The refusal of an edit, while it is on its way to the caller."""

from __future__ import annotations


class RefusalError(Exception):
    """An edit cannot be made with certainty.

    It never leaves this package: the editor turns it into `EditRefused`.

    Attributes:
        reason: what stands in the way, for a person.
        line: 1-based line, 0 when it is not known.
        column: 1-based column, 0 when it is not known.
        offset: the place as a 0-based offset, where line and column are still to be worked out.
        in_source: whether the place lies in the source document.
    """

    def __init__(
        self, reason: str, line: int = 0, column: int = 0, *, offset: int | None = None, in_source: bool = False
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line
        self.column = column
        self.offset = offset
        self.in_source = in_source
