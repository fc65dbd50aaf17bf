"""L305."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.edits import replaced
from engine.lint.material import Material, in_manifest
from engine.lint.rule import Category, Rule
from engine.lint.written import operand_text
from grammar.diagnostics import Diagnostic, FixSafety
from grammar.expressions import Alternatives, Comparison, Path, Word

_EQUAL = {"in": "==", "not in": "!="}
_SEVERAL = (("product", "tags"), ("environment", "tags"), ("environment", "clusters"))


class SingleAlternative(Rule):
    """Lists of one."""

    code = "L305"
    name = "single-alternative"
    category = Category.STYLE
    summary = "A list after `in` has one alternative, and what is asked has one value"
    why = "`==` says the same and does not make the reader wonder what else was in the list."
    avoid = """
policy reviewed {
  when environment.name in [staging]
  action pr
}
"""
    prefer = """
policy reviewed {
  when environment.name == staging
  action pr
}
"""
    fix = FixSafety.SAFE

    def check(self, material: Material) -> Iterator[Diagnostic]:
        """Yield `in` with one alternative; tags, clusters, branches and revisions hold several, so `in` suits them."""
        for part in material.parts:
            if not isinstance(part, Comparison) or part.operator not in _EQUAL or in_manifest(part.span):
                continue
            listed = part.right
            if not isinstance(listed, Alternatives) or len(listed.items) != 1 or not _single(part):
                continue
            better = f"{operand_text(part.left)} {_EQUAL[part.operator]} {operand_text(listed.items[0])}"
            yield self.found(
                f"`{operand_text(listed)}` has one alternative",
                part.span,
                help=f"write `{better}`",
                fix=replaced(material, part.span, better, f"write `{_EQUAL[part.operator]}`"),
            )


def _single(part: Comparison) -> bool:
    match part.left:
        case Path(parts=parts):
            return parts[:2] not in _SEVERAL
        case Word(text=text):
            return text not in ("revision", "branch")
        case _:
            return False
