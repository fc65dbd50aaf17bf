"""Where a setting comes from, in words."""

from __future__ import annotations

from typing import assert_never

from engine.resolve.decision import InlineOrigin, Origin, PolicyOrigin


def origin_words(origin: Origin, *, mark: str = "`") -> str:
    """Return e.g. ``policy `production` (priority 100)``.

    Args:
        origin: where the setting comes from.
        mark: what names stand between; empty in tables, which say by their columns what a name is.
    """
    match origin:
        case PolicyOrigin():
            return f"policy {mark}{origin.policy}{mark} (priority {origin.priority})"
        case InlineOrigin(flow=None):
            return "given by hand"
        case InlineOrigin():
            return f"flow {mark}{origin.flow}{mark}"
        case _:
            assert_never(origin)
