"""Every rule. A rule that no category lists does not exist."""

from __future__ import annotations

from engine.lint.correctness.rules import RULES as CORRECTNESS
from engine.lint.directives.rules import RULES as DIRECTIVES
from engine.lint.migration.rules import RULES as MIGRATION
from engine.lint.rule import Rule
from engine.lint.safety.rules import RULES as SAFETY
from engine.lint.style.rules import RULES as STYLE

RULES: tuple[type[Rule], ...] = (*DIRECTIVES, *CORRECTNESS, *SAFETY, *STYLE, *MIGRATION)
"""In the order they are listed: by category, then by code."""

RULE_BY_CODE: dict[str, type[Rule]] = {rule.code: rule for rule in RULES}
RULE_BY_NAME: dict[str, type[Rule]] = {rule.name: rule for rule in RULES}
