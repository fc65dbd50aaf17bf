"""L307."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.edits import replaced
from engine.lint.material import Material
from engine.lint.rule import Category, Rule
from grammar import nodes
from grammar.diagnostics import Diagnostic, FixSafety
from grammar.expressions import Comparison, Path, Word

_OTHER = {"prod": "non-prod", "non-prod": "prod"}
_ABOUT_PAIRS = (nodes.Policy, nodes.Freeze, nodes.Require)
"""Declarations whose conditions are always asked about an environment, which has one kind or the other."""


class NegatedKind(Rule):
    """Kinds said by what they are not."""

    code = "L307"
    name = "negated-kind"
    category = Category.STYLE
    summary = "A kind of environment is said by what it is not, though there are only two"
    why = "`environment.kind == prod` is what people search for when they ask which policies are about production."
    avoid = """
policy reviewed-production {
  when environment.kind != non-prod
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
        """Yield `environment.kind != ...` in policies, freezes and requirements."""
        for owner, parts in material.written:
            if not isinstance(owner, _ABOUT_PAIRS):
                continue
            for part in parts:
                if not isinstance(part, Comparison) or part.operator != "!=":
                    continue
                match part.left, part.right:
                    case Path(("environment", "kind")), Word(text=kind) if kind in _OTHER:
                        better = f"environment.kind == {_OTHER[kind]}"
                        yield self.found(
                            f"`environment.kind != {kind}` is the other kind",
                            part.span,
                            help=f"write `{better}`",
                            fix=replaced(material, part.span, better, "name the other kind"),
                        )
