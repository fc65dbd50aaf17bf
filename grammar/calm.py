"""Keeps the garbage collector out of the way while much is made that holds no cycles."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_CALM = (2_000_000, 50, 1_000)
"""Thresholds of the collector under which what is young is looked at rarely, and the rest hardly ever.

Until then nothing that holds cycles is let go of, which little of it does: two million objects take some 200 MB."""


@contextmanager
def calm_collector() -> Iterator[None]:
    """Keep the cyclic garbage collector from rescanning ASTs while many files are parsed.

    ASTs hold no cycles; with default thresholds the collector walks them again and again, which
    doubles the time of a large workspace. Inside another such block it changes nothing, so that what was made
    before stays set aside until the outermost one ends.
    """
    thresholds = gc.get_threshold()
    if thresholds == _CALM:
        yield
        return
    gc.freeze()
    gc.set_threshold(*_CALM)
    try:
        yield
    finally:
        # Set aside once more, all that was made counts as looked at; or else the next object made has it walked whole.
        gc.freeze()
        gc.set_threshold(*thresholds)
        gc.unfreeze()
