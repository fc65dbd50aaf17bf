"""L125."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.material import Material
from engine.lint.releases import Target, targets
from engine.lint.rule import Category, Rule
from grammar.diagnostics import Diagnostic, Label, Severity


class NoAction(Rule):
    """Steps without an action."""

    code = "L125"
    name = "no-action"
    category = Category.CORRECTNESS
    severity = Severity.ERROR
    summary = "No policy and no step sets an action for a product in a step of its flow"
    why = (
        "The release is refused before anything runs. Nothing is said in a workspace without any policy: they are "
        "declared somewhere else then."
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

policy production {
  when environment.kind == prod
  action pr
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
  step qa after dev
}

policy everywhere {
  action commit
}

policy production priority 100 {
  when environment.kind == prod
  action pr
}
"""

    def check(self, material: Material) -> Iterator[Diagnostic]:
        """Yield the flows of products that have a step without an action."""
        if not material.workspace.policies:
            return
        found: dict[tuple[str, str], list[Target]] = {}
        for target in material.shared(targets):
            if target.decision.value("action") is None:
                found.setdefault((target.product.name, target.flow.name), []).append(target)
        for (product, flow), lacking in found.items():
            names = ", ".join(f"`{target.step.environment}`" for target in lacking[:5])
            more = f" and {len(lacking) - 5} more" if len(lacking) > 5 else ""
            yield self.found(
                f"nothing sets an action for product `{product}` in {names}{more} of flow `{flow}`",
                lacking[0].use.span,
                labels=[Label(lacking[0].step.span, "this step has no action")],
                help="write a policy that sets `action` for it, or set it in the step",
            )
