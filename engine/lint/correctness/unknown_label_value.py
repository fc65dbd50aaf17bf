"""L117."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.material import Material
from engine.lint.rule import Category, Rule
from engine.lint.spelling import misspelt
from engine.lint.values_in_use import label_values
from engine.model.conditions import Membership
from grammar.diagnostics import Diagnostic


class UnknownLabelValue(Rule):
    """Misspelt values of labels."""

    code = "L117"
    name = "unknown-label-value"
    category = Category.CORRECTNESS
    summary = "A condition compares a label with a value that nothing has, and that looks like one in use"
    why = (
        "A label holds any text, so a slip is no error: the condition simply never holds. Values that look like "
        "none in use are taken for what is yet to come."
    )
    avoid = """
product checkout {
  labels team = "payments"
}

policy careful {
  when product.labels.team == "paymnets"
  action pr
}
"""
    prefer = """
product checkout {
  labels team = "payments"
}

policy careful {
  when product.labels.team == "payments"
  action pr
}
"""

    def check(self, material: Material) -> Iterator[Diagnostic]:
        """Yield the values that are probably misspelt."""
        used = material.shared(label_values)
        for atom in material.tests:
            if not isinstance(atom, Membership) or atom.attribute.key is None:
                continue
            known = used.get((atom.attribute.subject, atom.attribute.key), frozenset())
            for value in atom.values:
                near = misspelt(str(value), known)
                if near is not None:
                    yield self.found(
                        f"no {atom.attribute.subject.value} has the label `{atom.attribute.key}` set to `{value}`",
                        atom.span,
                        help=f'did you mean "{near}"?',
                    )
