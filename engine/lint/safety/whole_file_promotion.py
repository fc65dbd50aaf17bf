"""L209."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.material import Material
from engine.lint.rule import Category, Rule
from grammar import nodes
from grammar.diagnostics import Diagnostic

_EVERYTHING = frozenset({"*", "$", "$.*", "$..*", "$[*]", "$..[*]"})
_OWN_VALUES = ("values.yaml", "values.yml")


class WholeFilePromotion(Rule):
    """Whole files of values."""

    code = "L209"
    name = "whole-file-promotion"
    category = Category.SAFETY
    summary = "A promotion copies everything in a file of values, the environment's own included"
    why = (
        "Replicas, hosts, limits and switches differ between environments for good reasons. Copying the whole of "
        "`values.yaml` makes production as small, or as verbose, as what it was copied from."
    )
    avoid = """
template helm {
  promote "values.yaml" "*"
}
"""
    prefer = """
template helm {
  promote "values.yaml" "$.image.tag"
}
"""

    def check(self, material: Material) -> Iterator[Diagnostic]:
        """Yield the JSONPaths that select everything in a file of values."""
        owners: list[nodes.Template | nodes.Product] = [*material.of(nodes.Template), *material.of(nodes.Product)]
        for owner in owners:
            for item in owner.items:
                if not isinstance(item, nodes.Promote) or not item.file.text.endswith(_OWN_VALUES):
                    continue
                for path in item.json_paths:
                    if path.text in _EVERYTHING:
                        yield self.found(
                            f"`{path.text}` copies everything in `{item.file.text}`",
                            path.span,
                            help="name the values that travel, such as `$.image.tag`",
                        )
