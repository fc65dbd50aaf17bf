"""L207."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.condition_logic import certain
from engine.lint.material import Material
from engine.lint.rule import Category, Rule
from engine.model.conditions import Always
from engine.model.entities import Permission
from grammar import nodes
from grammar.diagnostics import Diagnostic

_STRONG = (Permission.PROMOTE, Permission.APPROVE)


class WideAccess(Rule):
    """Rights to everything, unexplained."""

    code = "L207"
    name = "wide-access"
    category = Category.SAFETY
    summary = "An access rule allows to promote or approve everywhere, and does not say why"
    why = (
        "Without `when` a rule holds for every product and every environment, those included that are declared next "
        "year. Where that is meant, a description says for whom and why."
    )
    avoid = """
access developers { teams developers  allow promote, trigger }
"""
    prefer = """
access developers { teams developers  allow promote, trigger  when environment.kind == non-prod }
"""

    def check(self, material: Material) -> Iterator[Diagnostic]:
        """Yield the rules with a strong right, no condition and no description."""
        names = {node.name.text: node.name.span for node in material.of(nodes.Access)}
        for rule in material.workspace.access.values():
            wide = isinstance(rule.when, Always) or certain(rule.when, named=False)
            strong = [right.value for right in _STRONG if right in rule.allow]
            if wide and strong and not rule.description:
                yield self.found(
                    f"access rule `{rule.name}` allows to {' and '.join(strong)} everywhere, and does not say why",
                    names.get(rule.name, rule.span),
                    help="add a `when`, or a `description` of who these people are",
                )
