"""Waiting for what happens in a world of many processes, which takes longer than usual."""

from __future__ import annotations

from collections.abc import Callable

from tests.support import waiting

PATIENCE = 120.0
"""Seconds until it is given up."""


def eventually(holds: Callable[[], object]) -> None:
    """Wait until something holds."""
    waiting.eventually(holds, PATIENCE, pause=0.15)
