"""Runs a workspace's tests, and asks how much they would notice.

`Runner` runs tests; `engine.testing.coverage` says what they do not exercise, `engine.testing.suggesting` writes
tests for that, and `engine.testing.mutation` breaks the workspace on purpose and looks whether a test fails.
"""

from engine.testing.outcome import Because as Because
from engine.testing.outcome import Failure as Failure
from engine.testing.outcome import LookedAt as LookedAt
from engine.testing.outcome import Ran as Ran
from engine.testing.runner import Runner as Runner

__all__ = ["Because", "Failure", "LookedAt", "Ran", "Runner"]
