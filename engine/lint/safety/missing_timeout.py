"""L204."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.material import Material
from engine.lint.rule import Category, Rule
from engine.model.entities import EnvironmentKind
from grammar import nodes
from grammar.diagnostics import Diagnostic


class MissingTimeout(Rule):
    """Flows to production that may hang for a day."""

    code = "L204"
    name = "missing-timeout"
    category = Category.SAFETY
    summary = "A flow that reaches production has no timeout of its own"
    why = (
        "It is terminated after a day, whatever it does: too late for a flow of minutes, too soon for one with soak "
        "times and windows. Until then it holds the queue of its product."
    )
    avoid = """
environment dev { kind non-prod }

environment prod { kind prod }

flow standard {
  trigger dev
  step prod after dev
}
"""
    prefer = """
environment dev { kind non-prod }

environment prod { kind prod }

flow standard {
  trigger dev
  step prod after dev
  timeout 8h
}
"""

    def check(self, material: Material) -> Iterator[Diagnostic]:
        """Yield flows with a production step and no timeout."""
        environments = material.workspace.environments
        production = {name for name, place in environments.items() if place.kind is EnvironmentKind.PROD}
        for flow in material.of(nodes.Flow):
            reached = [
                item.environment.text
                for item in flow.items
                if isinstance(item, nodes.Step) and item.environment.text in production
            ]
            if reached and not any(isinstance(item, nodes.Timeout) for item in flow.items):
                yield self.found(
                    f"flow `{flow.name.text}` goes to `{reached[0]}` and has no timeout",
                    flow.name.span,
                    help="add one, such as `timeout 8h`; in a manifest `promotionTimeoutLimit`, in minutes",
                )
