"""L208."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.material import Material
from engine.lint.rule import Category, Rule
from engine.model.entities import EnvironmentKind
from grammar import nodes
from grammar.diagnostics import Diagnostic, Label


class ProductionTrigger(Rule):
    """Flows that begin in production."""

    code = "L208"
    name = "production-trigger"
    category = Category.SAFETY
    summary = "A flow begins in a production environment and goes on to another kind"
    why = (
        "The change is in production before the flow has begun: no policy, window or approval of promo was asked. "
        "Flows from one production environment to others are not meant."
    )
    avoid = """
environment staging { kind non-prod }

environment prod { kind prod }

flow backport {
  trigger prod
  step staging after prod
}
"""
    prefer = """
environment staging { kind non-prod }

environment prod { kind prod }

flow standard {
  trigger staging
  step prod after staging
  timeout 8h
}
"""

    def check(self, material: Material) -> Iterator[Diagnostic]:
        """Yield triggers in production that a non-production step follows."""
        environments = material.workspace.environments
        for flow in material.of(nodes.Flow):
            trigger = next((item for item in flow.items if isinstance(item, nodes.Trigger)), None)
            place = environments.get(trigger.environment.text) if trigger is not None else None
            if trigger is None or place is None or place.kind is not EnvironmentKind.PROD:
                continue
            for step in flow.items:
                if isinstance(step, nodes.Step) and _is_stage(environments.get(step.environment.text)):
                    yield self.found(
                        f"flow `{flow.name.text}` begins in production",
                        trigger.environment.span,
                        labels=[Label(step.environment.span, "and goes on to a stage before production")],
                        help="let it begin where changes are tried first",
                    )
                    break


def _is_stage(environment: object) -> bool:
    return getattr(environment, "kind", None) is EnvironmentKind.NON_PROD
