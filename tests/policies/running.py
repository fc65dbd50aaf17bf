"""Runs a workspace's `test` blocks, and asks its requirements of everything declared."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from engine.model.workspace import Workspace
from engine.testing import Runner
from engine.testing.requirements import broken_requirements
from grammar import nodes


def failures(workspace: Workspace, test: nodes.Test) -> list[str]:
    """Return what a test expects and the engine does not say."""
    ran = Runner(workspace, ZoneInfo).run(test)
    return [f"{failure.about}: {failure.actual}, not {failure.expected}" for failure in ran.failures]


def failed_requirements(workspace: Workspace) -> list[str]:
    """Return what does not hold, of every requirement, for every step of every flow of every product."""
    return [str(broken) for broken in broken_requirements(workspace)]
