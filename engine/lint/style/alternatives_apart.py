"""L306."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.edits import replaced
from engine.lint.material import Material
from engine.lint.rule import Category, Rule
from engine.lint.written import operand_text
from grammar.diagnostics import Diagnostic, FixSafety
from grammar.expressions import Alternatives, Comparison, Duration, Expression, Literal, Number, Or, Path, Text, Word


class AlternativesApart(Rule):
    """Chains of `or` about one attribute."""

    code = "L306"
    name = "alternatives-apart"
    category = Category.STYLE
    summary = "Alternatives for one attribute are joined by `or` instead of listed after `in`"
    why = "A list shows at a glance that one thing is asked, and which values fit."
    avoid = """
policy reviewed {
  when product.name == cart or product.name == checkout
  action pr
}
"""
    prefer = """
policy reviewed {
  when product.name in [cart, checkout]
  action pr
}
"""
    fix = FixSafety.SAFE

    def check(self, material: Material) -> Iterator[Diagnostic]:
        """Yield each `or` of which every operand compares the same attribute with a value."""
        for part in material.parts:
            if isinstance(part, Or):
                better = _listed(part)
                if better is not None:
                    yield self.found(
                        f"`or` joins {len(part.operands)} alternatives for one attribute",
                        part.span,
                        help=f"write `{better}`",
                        fix=replaced(material, part.span, better, "list the alternatives"),
                    )


def _listed(part: Or) -> str | None:
    asked: set[Path] = set()
    values: list[Literal] = []
    for operand in part.operands:
        found = _equality(operand)
        if found is None:
            return None
        asked.add(found[0])
        values += [value for value in found[1] if value not in values]
    if len(asked) != 1:
        return None
    return f"{operand_text(asked.pop())} in {operand_text(Alternatives(tuple(values)))}"


def _equality(operand: Expression) -> tuple[Path, tuple[Literal, ...]] | None:
    """Return what a comparison asks and the values that fit; None for anything but `==` and `in`."""
    if not isinstance(operand, Comparison) or not isinstance(operand.left, Path):
        return None
    match operand.operator, operand.right:
        case "in", Alternatives(items=items):
            return operand.left, items
        case "==", Word() | Text() | Number() | Duration() as value:
            return operand.left, (value,)
        case _:
            return None
