"""Workspaces for tests, from `.promo` text."""

from __future__ import annotations

from engine.model.build import build_workspace
from engine.model.workspace import PriorityOrder, Workspace
from engine.verify import Report, verify_workspace
from grammar.parser import parse


def workspace(text: str, order: PriorityOrder = PriorityOrder.HIGHEST_WINS) -> Workspace:
    parsed = parse(text, "test.promo")
    assert parsed.diagnostics == ()
    built = build_workspace([parsed.file], priority_order=order)
    assert [found.message for found in built.diagnostics if found.is_error] == []
    return built.workspace


def verified(text: str, *codes: str, closed: bool = False, order: PriorityOrder = PriorityOrder.HIGHEST_WINS) -> Report:
    """Verify a text by some checks."""
    return verify_workspace(workspace(text, order), only=codes or None, closed=closed)


def messages(text: str, *codes: str, closed: bool = False) -> list[str]:
    report = verified(text, *codes, closed=closed)
    assert report.unknown == ()
    return [f"{found.severity.value}: {found.message}" for found in report.findings]
