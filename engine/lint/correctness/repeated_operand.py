"""L105."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.edits import parenthesised, replaced
from engine.lint.material import Material
from engine.lint.rule import Category, Rule
from engine.lint.written import expression_text, operand_text
from grammar.diagnostics import Diagnostic, FixSafety, Label
from grammar.expressions import Alternatives, And, Comparison, Expression, Or


class RepeatedOperand(Rule):
    """The same test, or the same value, twice."""

    code = "L105"
    name = "repeated-operand"
    category = Category.CORRECTNESS
    summary = "A condition says the same test twice, or lists the same value twice"
    why = "One of the two was meant to be another; if not, it only makes the reader look for a difference."
    avoid = """
policy reviewed {
  when product.labels.team in ["shop", "cart", "shop"]
  action pr
}
"""
    prefer = """
policy reviewed {
  when product.labels.team in ["shop", "cart"]
  action pr
}
"""
    fix = FixSafety.SAFE

    def check(self, material: Material) -> Iterator[Diagnostic]:
        """Yield the repetitions of tests and of values."""
        for part in material.parts:
            if isinstance(part, And | Or):
                yield from self._operands(part, material)
            elif isinstance(part, Comparison) and isinstance(part.right, Alternatives):
                yield from self._values(part.right, material)

    def _operands(self, part: And | Or, material: Material) -> Iterator[Diagnostic]:
        kept: list[Expression] = []
        for operand in part.operands:
            if operand not in kept:
                kept.append(operand)
        if len(kept) < len(part.operands):
            again = next(operand for number, operand in enumerate(part.operands) if operand in part.operands[:number])
            better: Expression = kept[0] if len(kept) == 1 else type(part)(tuple(kept))
            yield self.found(
                f"`{expression_text(again)}` is asked twice",
                again.span,
                labels=[Label(part.operands[part.operands.index(again)].span, "asked here")],
                help="remove one of them, or correct it",
                fix=replaced(
                    material,
                    part.span,
                    expression_text(better, inner=parenthesised(material, part.span)),
                    "ask it once",
                ),
            )

    def _values(self, listed: Alternatives, material: Material) -> Iterator[Diagnostic]:
        kept = tuple(dict.fromkeys(listed.items))
        if len(kept) < len(listed.items):
            again = next(item for number, item in enumerate(listed.items) if item in listed.items[:number])
            better = Alternatives(kept)
            yield self.found(
                f"`{operand_text(again)}` is listed twice",
                again.span,
                labels=[Label(listed.items[listed.items.index(again)].span, "listed here")],
                help="remove one of them, or correct it",
                fix=replaced(material, listed.span, operand_text(better), "list it once"),
            )
