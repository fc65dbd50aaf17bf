"""L304."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.edits import replaced
from engine.lint.material import Material
from engine.lint.rule import Category, Rule
from engine.lint.written import operand_text
from grammar.diagnostics import Diagnostic, FixSafety
from grammar.expressions import Comparison, Path, Word

_TURNED = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_BARE = frozenset(
    {"message", "revision", "branch", "author", "action", "pre-action", "post-action", "soak", "approvals", "window"}
    | {"rollback"}
)
"""Attributes that are written without a dot."""


class YodaCondition(Rule):
    """Comparisons the wrong way round."""

    code = "L304"
    name = "yoda-condition"
    category = Category.STYLE
    summary = "A comparison begins with the value and ends with what is asked"
    why = "Conditions are read aloud in reviews: the environment's kind is production, not production is the kind."
    avoid = """
policy reviewed-production {
  when prod == environment.kind
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
        """Yield comparisons that stand the wrong way round; `a in product.tags` reads well as it is."""
        for part in material.parts:
            if isinstance(part, Comparison) and part.operator in _TURNED and _turned(part):
                better = f"{operand_text(part.right)} {_TURNED[part.operator]} {operand_text(part.left)}"
                yield self.found(
                    f"the value `{operand_text(part.left)}` stands before what is asked",
                    part.span,
                    help=f"write `{better}`",
                    fix=replaced(material, part.span, better, "turn the comparison round"),
                )


def _turned(part: Comparison) -> bool:
    left, right = part.left, part.right
    asks_left = isinstance(left, Path) or (
        isinstance(left, Word) and left.text in _BARE and not isinstance(right, Path)
    )
    return not asks_left and (isinstance(right, Path) or (isinstance(right, Word) and right.text in _BARE))
