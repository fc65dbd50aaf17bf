"""L313."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.material import Material
from engine.lint.rule import Category, Rule
from grammar import nodes
from grammar.diagnostics import Diagnostic


class MissingOwner(Rule):
    """Products that belong to nobody."""

    code = "L313"
    name = "missing-owner"
    category = Category.STYLE
    summary = "A product does not say whose it is"
    why = "Policies and access rules select by team, and whoever is called about a release wants to know whom to call."
    avoid = """
product shop {
  description "The web shop"
}
"""
    prefer = """
product shop {
  description "The web shop"
  labels team = "storefront"
}
"""
    configuration = (
        "`owner-labels` under `[lint]` lists the labels and annotations of which one is enough; `team` and `owner` "
        "where it is not set."
    )

    def check(self, material: Material) -> Iterator[Diagnostic]:
        """Yield the products without any of the labels and annotations that name an owner."""
        wanted = material.options.owner_labels
        for product in material.of(nodes.Product):
            keys = {
                pair.key.text
                for item in product.items
                if isinstance(item, nodes.Labels | nodes.Annotations)
                for pair in item.pairs
            }
            if not keys & set(wanted):
                yield self.found(
                    f"product `{product.name.text}` does not say whose it is",
                    product.name.span,
                    help=f'add a label, such as `labels {wanted[0]} = "..."`',
                )
