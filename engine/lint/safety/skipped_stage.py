"""L203."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.flow_ways import flow_ways
from engine.lint.material import Material
from engine.lint.rule import Category, Rule
from engine.model.entities import EnvironmentKind
from grammar.diagnostics import Diagnostic, Label


class SkippedStage(Rule):
    """Production beside, and not after, a stage of the same flow."""

    code = "L203"
    name = "skipped-stage"
    category = Category.SAFETY
    summary = "A flow goes to production without waiting for one of its own non-production environments"
    why = (
        "The flow tries the change in an environment and does not wait for what comes of it: production may already "
        "have the change when the stage fails."
    )
    avoid = """
environment dev { kind non-prod }

environment qa { kind non-prod }

environment prod { kind prod }

flow standard {
  trigger dev
  step qa   after dev
  step prod after dev
  timeout 2h
}
"""
    prefer = """
environment dev { kind non-prod }

environment qa { kind non-prod }

environment prod { kind prod }

flow standard {
  trigger dev
  step qa   after dev
  step prod after qa
  timeout 2h
}
"""

    def check(self, material: Material) -> Iterator[Diagnostic]:
        """Yield the production steps that no other production step precedes and that skip a stage."""
        kinds = {name: environment.kind for name, environment in material.workspace.environments.items()}
        production = {name for name, kind in kinds.items() if kind is EnvironmentKind.PROD}
        ways = material.shared(flow_ways)
        for flow in material.workspace.flows.values():
            stages = {
                step.environment: step for step in flow.steps if kinds.get(step.environment) is EnvironmentKind.NON_PROD
            }
            before = ways[flow.name]
            for step in flow.steps if before else ():
                own = before.get(step.environment, frozenset())
                if step.environment not in production or not production.isdisjoint(own):
                    continue
                # A stage behind production (a copy of it, say) was never meant to come first.
                skipped = [name for name in stages if name not in own and step.environment not in before[name]]
                if skipped:
                    yield self.found(
                        f"flow `{flow.name}` goes to `{step.environment}` without waiting for `{skipped[0]}`",
                        step.span,
                        labels=[Label(stages[skipped[0]].span, "this stage is skipped")],
                        help=f"add `{skipped[0]}` to its `after`, or give it a flow of its own",
                    )
