"""L118."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.material import Material
from engine.lint.rule import Category, Rule
from engine.lint.spelling import misspelt
from engine.lint.values_in_use import tags_in_use
from engine.model.conditions import Membership
from grammar.diagnostics import Diagnostic


class UnknownTag(Rule):
    """Misspelt tags."""

    code = "L118"
    name = "unknown-tag"
    category = Category.CORRECTNESS
    summary = "A condition asks for a tag that nothing has, and that looks like one in use"
    why = "A tag is any name, so a slip is no error: the condition simply never holds."
    avoid = """
product ledger {
  labels team = "payments"
  tags stateful
}

policy careful {
  when product.tags in [statefull]
  rollback never
}
"""
    prefer = """
product ledger {
  labels team = "payments"
  tags stateful
}

policy careful {
  when product.tags in [stateful]
  rollback never
}
"""

    def check(self, material: Material) -> Iterator[Diagnostic]:
        """Yield the tags that are probably misspelt."""
        used = material.shared(tags_in_use)
        for atom in material.tests:
            if not isinstance(atom, Membership) or atom.attribute.field != "tags":
                continue
            for value in atom.values:
                near = misspelt(str(value), used.get(atom.attribute.subject, frozenset()))
                if near is not None:
                    yield self.found(
                        f"no {atom.attribute.subject.value} has the tag `{value}`",
                        atom.span,
                        help=f"did you mean `{near}`?",
                    )
