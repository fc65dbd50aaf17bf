"""L116."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.edits import replaced
from engine.lint.material import Material, in_manifest
from engine.lint.rule import Category, Rule
from engine.lint.written import operand_text
from grammar.diagnostics import Diagnostic, FixSafety
from grammar.expressions import Alternatives, Comparison, Operand, Text

_PLAIN = {
    ("matches", False): "==",
    ("not matches", False): "!=",
    ("matches", True): "in",
    ("not matches", True): "not in",
}


class GlobWithoutWildcard(Rule):
    """Patterns that match themselves only."""

    code = "L116"
    name = "glob-without-wildcard"
    category = Category.CORRECTNESS
    summary = "A pattern has no `*`, so that it matches only itself"
    why = (
        'A pattern is compared with the whole text: without a `*`, `message matches "hotfix"` holds for the message '
        "`hotfix` and for no other. Where one exact text is meant, `==` says so."
    )
    avoid = """
environment dev { kind non-prod }

environment qa { kind non-prod }

product shop {
  labels team = "shop"
  flow hotfix when message matches "hotfix"
}

flow hotfix {
  trigger dev
  step qa after dev
}
"""
    prefer = """
environment dev { kind non-prod }

environment qa { kind non-prod }

product shop {
  labels team = "shop"
  flow hotfix when message matches "hotfix*"
}

flow hotfix {
  trigger dev
  step qa after dev
}
"""
    fix = FixSafety.SAFE

    def check(self, material: Material) -> Iterator[Diagnostic]:
        """Yield comparisons by `matches` of which no pattern has a wildcard."""
        for part in material.parts:
            if isinstance(part, Comparison) and part.operator.endswith("matches") and _literal(part.right):
                operator = _PLAIN[part.operator, isinstance(part.right, Alternatives)]
                better = f"{operand_text(part.left)} {operator} {operand_text(part.right)}"
                if not in_manifest(part.span):
                    yield self.found(
                        f"`{operand_text(part.right)}` has no `*`, so it matches only itself",
                        part.right.span,
                        help=f"add a `*` where other characters may stand, or write `{better}`",
                        fix=replaced(material, part.span, better, f"write `{operator}`"),
                    )


def _literal(operand: Operand) -> bool:
    items = operand.items if isinstance(operand, Alternatives) else (operand,)
    return bool(items) and all(isinstance(item, Text) and "*" not in item.value for item in items)
