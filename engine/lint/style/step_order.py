"""L301."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.material import Material
from engine.lint.rule import Category, Rule
from grammar import nodes
from grammar.diagnostics import Diagnostic, Label


class StepOrder(Rule):
    """Steps before what they wait for."""

    code = "L301"
    name = "step-order"
    category = Category.STYLE
    summary = "A step is written before one that it waits for"
    why = "A flow is read from top to bottom, and runs in the order of `after`: the two should tell the same story."
    avoid = """
environment dev { kind non-prod }

environment qa { kind non-prod }

environment staging { kind non-prod }

flow standard {
  trigger dev
  step staging after qa
  step qa      after dev
}
"""
    prefer = """
environment dev { kind non-prod }

environment qa { kind non-prod }

environment staging { kind non-prod }

flow standard {
  trigger dev
  step qa      after dev
  step staging after qa
}
"""

    def check(self, material: Material) -> Iterator[Diagnostic]:
        """Yield each step that waits for a later one, and triggers behind steps."""
        for flow in material.of(nodes.Flow):
            places = {
                item.environment.text: number
                for number, item in enumerate(flow.items)
                if isinstance(item, nodes.Step | nodes.Trigger)
            }
            for number, item in enumerate(flow.items):
                if not isinstance(item, nodes.Step):
                    continue
                later = next((name for name in item.after if places.get(name.text, number) > number), None)
                if later is not None:
                    yield self.found(
                        f"step `{item.environment.text}` stands before `{later.text}`, for which it waits",
                        item.environment.span,
                        labels=[Label(later.span, "it waits here")],
                        help=f"move it below the line of `{later.text}`",
                    )
