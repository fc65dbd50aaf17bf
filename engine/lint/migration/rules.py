"""The rules of the category, by code."""

from __future__ import annotations

from engine.lint.migration.deprecated_post_trigger import DeprecatedPostTrigger
from engine.lint.migration.product_label import ProductLabel
from engine.lint.migration.underscore_workflow import UnderscoreWorkflow
from engine.lint.migration.workflow_called_none import WorkflowCalledNone
from engine.lint.migration.workflow_label import WorkflowLabel
from engine.lint.rule import Rule

RULES: tuple[type[Rule], ...] = (
    DeprecatedPostTrigger,
    ProductLabel,
    WorkflowLabel,
    UnderscoreWorkflow,
    WorkflowCalledNone,
)
