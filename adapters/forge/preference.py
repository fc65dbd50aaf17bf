"""Which of several pull requests of one branch counts. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.forge.port import Pull, PullState

_ORDER = (PullState.OPEN, PullState.MERGED, PullState.CLOSED)


def preferred(pulls: Sequence[Pull]) -> Pull | None:
    """Return an open pull request before a merged one before a closed one, the newest of each; None of none."""
    return min(pulls, key=lambda pull: (_ORDER.index(pull.state), -pull.number), default=None)
