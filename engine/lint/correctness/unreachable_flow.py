"""L123."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.condition_logic import impossible
from engine.lint.material import Material
from engine.lint.rule import Category, Rule
from engine.model.conditions import Always, Condition, Conjunction, Negation
from engine.model.entities import FlowUse, Product
from grammar.diagnostics import Diagnostic, Label, Severity

_MOST = 100
"""Flows of one product that are compared with each other."""


class UnreachableFlow(Rule):
    """Flows that an earlier one hides."""

    code = "L123"
    name = "unreachable-flow"
    category = Category.CORRECTNESS
    severity = Severity.ERROR
    summary = "No commit starts a product's flow, because an earlier one takes them all"
    why = "The flows of a product are tried from top to bottom, and the first whose condition holds is started."
    avoid = """
environment dev { kind non-prod }

environment qa { kind non-prod }

product shop {
  labels team = "shop"
  flow standard when branch == "main"
  flow hotfix   when branch == "main" and message matches "hotfix:*"
}

flow standard {
  trigger dev
  step qa after dev
}

flow hotfix {
  trigger dev
  step qa after dev
}
"""
    prefer = """
environment dev { kind non-prod }

environment qa { kind non-prod }

product shop {
  labels team = "shop"
  flow hotfix   when branch == "main" and message matches "hotfix:*"
  flow standard when branch == "main"
}

flow standard {
  trigger dev
  step qa after dev
}

flow hotfix {
  trigger dev
  step qa after dev
}
"""

    def check(self, material: Material) -> Iterator[Diagnostic]:
        """Yield flows of which every commit starts an earlier one."""
        for product in material.workspace.products.values():
            flows = product.flows[:_MOST]
            for number, use in enumerate(flows):
                earlier = next((other for other in flows[:number] if _implies(use.when, other.when)), None)
                if earlier is not None:
                    yield self._finding(product, use, earlier)

    def _finding(self, product: Product, use: FlowUse, earlier: FlowUse) -> Diagnostic:
        return self.found(
            f"no commit starts flow `{use.flow}` of product `{product.name}`: `{earlier.flow}` takes them all",
            use.span,
            labels=[Label(earlier.span, "tried before")],
            help=f"move `{use.flow}` up, or narrow the condition of `{earlier.flow}`",
        )


def _implies(condition: Condition, other: Condition) -> bool:
    """Say whether wherever a condition holds, another certainly does."""
    if isinstance(other, Always):
        return True
    return impossible(Conjunction((condition, Negation(other))), named=False)
