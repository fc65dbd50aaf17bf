"""L308."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.lint.edits import replaced
from engine.lint.material import Material
from engine.lint.rule import Category, Rule
from grammar.diagnostics import Diagnostic, FixSafety
from grammar.expressions import Alternatives, Comparison, Text
from grammar.lexical import quote

_STARS = re.compile(r"\*{2,}")


class DoubleWildcard(Rule):
    """Two wildcards where one does."""

    code = "L308"
    name = "double-wildcard"
    category = Category.STYLE
    summary = "A pattern has two `*` side by side"
    why = "A `*` already crosses everything, `/` included: `**` matches what `*` does and looks as if it did more."
    avoid = """
policy reviewed {
  when environment.name matches "prod-**"
  action pr
}
"""
    prefer = """
policy reviewed {
  when environment.name matches "prod-*"
  action pr
}
"""
    fix = FixSafety.SAFE

    def check(self, material: Material) -> Iterator[Diagnostic]:
        """Yield the patterns with `**`."""
        for part in material.parts:
            if not isinstance(part, Comparison) or not part.operator.endswith("matches"):
                continue
            patterns = part.right.items if isinstance(part.right, Alternatives) else (part.right,)
            for pattern in patterns:
                if isinstance(pattern, Text) and _STARS.search(pattern.value):
                    better = quote(_STARS.sub("*", pattern.value))
                    yield self.found(
                        f"`{pattern.value}` has two `*` side by side",
                        pattern.span,
                        help=f"write `{better}`",
                        fix=replaced(material, pattern.span, better, "keep one `*`"),
                    )
