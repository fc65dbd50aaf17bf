"""How much a test does: little in every run, much in a soak."""

from __future__ import annotations

import os

SOAK = bool(os.environ.get("PROMO_SOAK"))
"""Whether this is a soak: `make soak`, or ``PROMO_SOAK=1``."""


def examples(usual: int, *, soak: int = 20_000) -> int:
    """Return how many examples of a law are tried.

    Args:
        usual: how many in every run.
        soak: how many in a soak; those that Hypothesis makes are new every time there.
    """
    return soak if SOAK else usual
