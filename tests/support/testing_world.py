"""Workspaces of texts, to run tests in."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from engine.model.argo import Application
from engine.model.build import build_workspace
from engine.model.workspace import PriorityOrder, Workspace
from engine.testing import Ran, Runner
from grammar.parser import parse


def workspace_of(
    *texts: str,
    applications: tuple[Application, ...] = (),
    priority: PriorityOrder = PriorityOrder.HIGHEST_WINS,
) -> Workspace:
    """Return the workspace that texts declare, which must be without errors; they are called `0.promo` and so on."""
    parsed = [parse(text, f"{number}.promo") for number, text in enumerate(texts)]
    assert [found for one in parsed for found in one.diagnostics] == []
    built = build_workspace([one.file for one in parsed], applications, priority_order=priority)
    assert [found for found in built.diagnostics if found.is_error] == []
    return built.workspace


def ran(workspace: Workspace) -> dict[str, Ran]:
    """Run the tests of a workspace and return them by title."""
    return {one.test.title.text: one for one in Runner(workspace, ZoneInfo).run_all(workspace.tests)}


def told(workspace: Workspace) -> list[str]:
    """Run the tests of a workspace and return their failures, in short."""
    return [
        f"{failure.about}: expected {failure.expected}, actual {failure.actual}"
        for one in ran(workspace).values()
        for failure in one.failures
    ]
