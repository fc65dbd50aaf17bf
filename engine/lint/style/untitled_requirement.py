"""L312."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.material import Material
from engine.lint.rule import Category, Rule
from grammar import nodes
from grammar.diagnostics import Diagnostic


class UntitledRequirement(Rule):
    """Requirements without a sentence."""

    code = "L312"
    name = "untitled-requirement"
    category = Category.STYLE
    summary = "A requirement has neither a title nor a description"
    why = "When it is broken, the title is what the author of the change reads: it should say the rule in words."
    avoid = """
require reviewed {
  when environment.kind == prod
  that action == pr
}
"""
    prefer = """
require reviewed "every production change is reviewed" {
  when environment.kind == prod
  that action == pr
}
"""

    def check(self, material: Material) -> Iterator[Diagnostic]:
        """Yield the requirements that nothing explains."""
        for require in material.of(nodes.Require):
            described = any(isinstance(item, nodes.Description) for item in require.items)
            if require.title is None and not described:
                yield self.found(
                    f"requirement `{require.name.text}` has no title",
                    require.name.span,
                    help=f'say it in words: `require {require.name.text} "..."`',
                )
