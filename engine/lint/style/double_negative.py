"""L303."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.edits import replaced
from engine.lint.material import Material
from engine.lint.rule import Category, Rule
from engine.lint.written import expression_text, operand_text
from grammar.diagnostics import Diagnostic, FixSafety
from grammar.expressions import Comparison, Expression, Not

_OPPOSITE = {"!=": "==", "not in": "in", "not matches": "matches"}


class DoubleNegative(Rule):
    """Negations of negations."""

    code = "L303"
    name = "double-negative"
    category = Category.STYLE
    summary = "A condition negates what is already negative"
    why = "The reader has to turn it round twice to find out what it says."
    avoid = """
policy reviewed-production {
  when not environment.kind != prod
  action pr
}
"""
    prefer = """
policy reviewed-production {
  when environment.kind == prod
  action pr
}
"""
    fix = FixSafety.SAFE

    def check(self, material: Material) -> Iterator[Diagnostic]:
        """Yield each `not` before a `not`, a `!=`, a `not in` or a `not matches`."""
        for part in material.parts:
            better = _positive(part)
            if better is not None:
                yield self.found(
                    f"`{expression_text(part)}` is negated twice",
                    part.span,
                    help=f"write `{better}`",
                    fix=replaced(material, part.span, better, "say it positively"),
                )


def _positive(part: Expression) -> str | None:
    if not isinstance(part, Not):
        return None
    inner = part.operand
    if isinstance(inner, Not):
        return expression_text(inner.operand, inner=True)
    if isinstance(inner, Comparison) and inner.operator in _OPPOSITE:
        return f"{operand_text(inner.left)} {_OPPOSITE[inner.operator]} {operand_text(inner.right)}"
    return None
