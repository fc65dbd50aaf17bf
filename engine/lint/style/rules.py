"""The rules of the category, by code."""

from __future__ import annotations

from engine.lint.rule import Rule
from engine.lint.style.yoda_condition import YodaCondition

RULES: tuple[type[Rule], ...] = (YodaCondition,)
