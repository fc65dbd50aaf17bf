"""L122."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.lint.material import Material
from engine.lint.rule import Category, Rule
from grammar import nodes
from grammar.diagnostics import Diagnostic, Label

_ANYWHERE = re.compile(r"\$\.\.([A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*)\Z")
_PLAIN = re.compile(r"\$(?:\.[A-Za-z_][\w-]*|\[(?:\*|[0-9]+)\])+\Z")


class RedundantJsonPath(Rule):
    """JSONPaths that another one covers."""

    code = "L122"
    name = "redundant-json-path"
    category = Category.CORRECTNESS
    summary = "A JSONPath selects only what another one of the same file selects"
    why = (
        "Removing the narrow path changes nothing, which surprises whoever does it to stop promoting that value: "
        "the wide one still copies it."
    )
    avoid = """
template helm {
  promote "values.yaml" "$..image.tag", "$.web.image.tag"
}
"""
    prefer = """
template helm {
  promote "values.yaml" "$..image.tag"
}
"""

    def check(self, material: Material) -> Iterator[Diagnostic]:
        """Yield the paths whose end a path from anywhere names."""
        owners: list[nodes.Template | nodes.Product] = [*material.of(nodes.Template), *material.of(nodes.Product)]
        for owner in owners:
            for item in owner.items:
                if isinstance(item, nodes.Promote):
                    yield from self._promote(item)

    def _promote(self, item: nodes.Promote) -> Iterator[Diagnostic]:
        wide = [(found[1], path) for path in item.json_paths if (found := _ANYWHERE.match(path.text))]
        for path in item.json_paths:
            for tail, wider in wide:
                covered = _PLAIN.match(path.text) or _ANYWHERE.match(path.text)
                if path is not wider and covered and path.text.endswith(f".{tail}"):
                    yield self.found(
                        f"`{wider.text}` selects everything `{path.text}` does",
                        path.span,
                        labels=[Label(wider.span, "the wider path")],
                        help="remove the narrow path, or make the wide one narrower",
                    )
                    break
