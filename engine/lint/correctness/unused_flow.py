"""L113."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.material import Material
from engine.lint.rule import Category, Rule
from grammar import nodes
from grammar.diagnostics import Diagnostic


class UnusedFlow(Rule):
    """Flows that no product uses."""

    code = "L113"
    name = "unused-flow"
    category = Category.CORRECTNESS
    summary = "No product uses a flow"
    why = (
        "No commit starts it. Nothing is said in a workspace whose products use no flow at all: they are declared "
        "somewhere else then."
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
  flow hotfix when message matches "hotfix:*"
  flow standard
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
        """Yield the flows that no product mentions."""
        products = material.of(nodes.Product)
        used = {item.name.text for product in products for item in product.items if isinstance(item, nodes.FlowUse)}
        if not used:
            return
        for flow in material.of(nodes.Flow):
            if flow.name.text not in used:
                yield self.found(
                    f"no product uses the flow `{flow.name.text}`",
                    flow.name.span,
                    help=f"write `flow {flow.name.text} when ...` in a product, or remove it",
                )
