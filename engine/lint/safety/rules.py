"""The rules of the category, by code."""

from __future__ import annotations

from engine.lint.rule import Rule
from engine.lint.safety.secret_literal import SecretLiteral

RULES: tuple[type[Rule], ...] = (SecretLiteral,)
