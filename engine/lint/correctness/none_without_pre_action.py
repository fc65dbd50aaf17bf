"""L124."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.material import Material
from engine.lint.releases import Target, targets
from engine.lint.rule import Category, Rule
from engine.model.values import Action
from grammar.diagnostics import Diagnostic, Severity
from grammar.span import Span


class NoneWithoutPreAction(Rule):
    """Steps in which nothing does the work."""

    code = "L124"
    name = "none-without-pre-action"
    category = Category.CORRECTNESS
    severity = Severity.ERROR
    summary = "The action of a step is `none`, and there is no pre-action to do the work"
    why = (
        "Without a Git action the pre-action must make the change; without either the step does nothing and is refused."
    )
    avoid = """
environment dev { kind non-prod }

environment qa { kind non-prod }

product shop {
  labels team = "shop"
  flow standard
}

flow standard {
  trigger dev
  step qa after dev { action none }
}
"""
    prefer = """
environment dev { kind non-prod }

environment qa { kind non-prod }

product shop {
  labels team = "shop"
  flow standard
}

flow standard {
  trigger dev
  step qa after dev {
    pre-action apply-by-script
    action     none
  }
}
"""

    def check(self, material: Material) -> Iterator[Diagnostic]:
        """Yield the settings of `none` that leave a step of a product without any work."""
        first: dict[Span, Target] = {}
        for target in material.shared(targets):
            decision = target.decision
            if decision.value("action") is Action.NONE and decision.workflow("pre-action") is None:
                first.setdefault(target.origin("action"), target)
        for span, target in first.items():
            yield self.found(
                f"nothing does the work of step `{target.step.environment}` for product `{target.product.name}`: "
                "its action is `none` and it has no pre-action",
                span,
                help="set a pre-action, or the action to `commit` or `pr`",
            )
