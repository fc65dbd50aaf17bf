"""L314."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.material import Material
from engine.lint.rule import Category, Rule
from grammar import nodes
from grammar.diagnostics import Diagnostic

_DESCRIBED = (nodes.Environment, nodes.Product, nodes.Template, nodes.Policy, nodes.Flow, nodes.Freeze, nodes.Access)


class MissingDescription(Rule):
    """Declarations that nothing explains."""

    code = "L314"
    name = "missing-description"
    category = Category.STYLE
    summary = "A declaration has no description"
    why = "A name says what, a description says why. Not every workspace needs one everywhere, so this is asked for."
    avoid = """
policy reviewed-production {
  when environment.kind == prod
  action pr
}
"""
    prefer = """
policy reviewed-production {
  description "Production changes by pull request"
  when environment.kind == prod
  action pr
}
"""
    by_default = False

    def check(self, material: Material) -> Iterator[Diagnostic]:
        """Yield environments, products, templates, policies, flows, freezes and access rules without one."""
        for file in material.files:
            for declaration in file.declarations:
                if isinstance(declaration, _DESCRIBED) and not any(
                    isinstance(item, nodes.Description) for item in declaration.items
                ):
                    yield self.found(
                        f"`{declaration.name.text}` has no description",
                        declaration.name.span,
                        help='add one: `description "..."`',
                    )
