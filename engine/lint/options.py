"""What can be configured about single rules."""

from __future__ import annotations

from typing import NamedTuple


class Options(NamedTuple):
    """Values that rules ask for.

    Attributes:
        file_lines: lines a `.promo` file may have.
        owner_labels: the labels and annotations of a product that say whose it is.
    """

    file_lines: int = 500
    owner_labels: tuple[str, ...] = ("team", "owner")


DEFAULT_OPTIONS = Options()
