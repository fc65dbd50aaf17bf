"""The rules of the category, by code."""

from __future__ import annotations

from engine.lint.correctness.impossible_condition import ImpossibleCondition
from engine.lint.correctness.unknown_workflow import UnknownWorkflow
from engine.lint.rule import Rule

RULES: tuple[type[Rule], ...] = (
    ImpossibleCondition,
    UnknownWorkflow,
)
