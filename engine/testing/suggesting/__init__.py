"""Writes tests for what no test exercises."""

from engine.testing.suggesting.suggest import Suggested as Suggested
from engine.testing.suggesting.suggest import suggest as suggest

__all__ = ["Suggested", "suggest"]
