"""L302."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.lint.material import Material
from engine.lint.rule import Category, Rule
from grammar import nodes
from grammar.diagnostics import Diagnostic

_KEBAB = re.compile(r"[a-z0-9]+(?:[-.][a-z0-9]+)*\Z")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class Naming(Rule):
    """Names in another style than Kubernetes'."""

    code = "L302"
    name = "naming"
    category = Category.STYLE
    summary = "A name is not in lower case with hyphens"
    why = (
        "Names become those of Kubernetes objects, which are lower case, and they are written without quotes only when "
        "letters, digits and hyphens are all they hold."
    )
    avoid = """
policy ReviewedProduction {
  when environment.kind == prod
  action pr
}
"""
    prefer = """
policy reviewed-production {
  when environment.kind == prod
  action pr
}
"""

    def check(self, material: Material) -> Iterator[Diagnostic]:
        """Yield the names of declarations that are written otherwise."""
        for file in material.files:
            for declaration in file.declarations:
                if isinstance(declaration, nodes.Test):
                    continue
                name = declaration.name
                if not _KEBAB.match(name.text):
                    better = _HUMP.sub("-", name.text).replace("_", "-").lower()
                    yield self.found(
                        f"the name `{name.text}` is not in lower case with hyphens",
                        name.span,
                        help=f"call it `{better}`, here and where it is named",
                    )
