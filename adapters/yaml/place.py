"""Where a value stands: what its replacement has to fit into."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """The surroundings of a value.

    Attributes:
        flow: whether it stands inside brackets or braces.
        column: of its key or dash, 0-based; negative for a root, so that one step more is column 0.
        after: 0-based offset after its colon or dash; -1 for a root.
        needs_colon: whether it is the missing value of a key without a colon.
        is_key: whether it follows a key rather than a dash.
    """

    flow: bool
    column: int
    after: int
    needs_colon: bool = False
    is_key: bool = True

    @staticmethod
    def root(step: int) -> Place:
        """Return the place of a document's root.

        Args:
            step: columns of one level of indentation.
        """
        return Place(flow=False, column=-step, after=-1)
