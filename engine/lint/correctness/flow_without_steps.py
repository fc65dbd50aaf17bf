"""L126."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.material import Material
from engine.lint.rule import Category, Rule
from grammar import nodes
from grammar.diagnostics import Diagnostic


class FlowWithoutSteps(Rule):
    """Flows that lead nowhere."""

    code = "L126"
    name = "flow-without-steps"
    category = Category.CORRECTNESS
    summary = "A flow has a trigger and no step"
    why = "A flow never commits to its trigger environment, so this one changes nothing anywhere."
    avoid = """
environment dev { kind non-prod }

flow standard {
  trigger dev
}
"""
    prefer = """
environment dev { kind non-prod }

environment qa { kind non-prod }

flow standard {
  trigger dev
  step qa after dev
}
"""

    def check(self, material: Material) -> Iterator[Diagnostic]:
        """Yield the flows without a step."""
        for flow in material.of(nodes.Flow):
            if not any(isinstance(item, nodes.Step) for item in flow.items):
                yield self.found(
                    f"flow `{flow.name.text}` has no step",
                    flow.name.span,
                    help="add one, such as `step qa after dev`, or remove the flow",
                )
