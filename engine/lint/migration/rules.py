"""The rules of the category, by code."""

from __future__ import annotations

from engine.lint.migration.workflow_label import WorkflowLabel
from engine.lint.rule import Rule

RULES: tuple[type[Rule], ...] = (WorkflowLabel,)
