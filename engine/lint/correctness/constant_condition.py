"""L102."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.condition_logic import certain
from engine.lint.material import Asked, Material
from engine.lint.rule import Category, Rule
from engine.model.conditions import Always, Condition, Conjunction
from grammar.diagnostics import Diagnostic, Severity


class ConstantCondition(Rule):
    """Conditions that hold for everything."""

    code = "L102"
    name = "constant-condition"
    category = Category.CORRECTNESS
    severity = Severity.ERROR
    summary = "A condition, or a part of it, holds for everything that could exist"
    why = (
        "Somebody meant to select and selects everything: both kinds of environment are listed, or a test stands "
        "beside its opposite. Where everything is meant, a missing `when` says so."
    )
    avoid = """
policy reviewed {
  when environment.kind != prod or environment.kind != non-prod
  action pr
}
"""
    prefer = """
policy reviewed {
  action pr
}
"""

    def check(self, material: Material) -> Iterator[Diagnostic]:
        """Yield conditions that hold for everything, or the parts of a conjunction that do."""
        for asked in material.conditions:
            for part in _constant(asked):
                whole = part is asked.condition
                message = f"{asked.title} always holds" if whole else f"this part of {asked.title} always holds"
                if not isinstance(part, Always):
                    yield self.found(message, part.span, help="leave it out, or say what is meant to be left out")


def _constant(asked: Asked) -> Iterator[Condition]:
    condition = asked.condition
    parts = condition.operands if isinstance(condition, Conjunction) else (condition,)
    found = [part for part in parts if certain(part, named=asked.has_environment)]
    # What has a part that is not certain is not certain either.
    whole = len(found) == len(parts) and certain(condition, named=asked.has_environment)
    yield from [condition] if whole else found
