"""L202."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.material import Material
from engine.lint.releases import Target, targets
from engine.lint.rule import Category, Rule
from grammar.diagnostics import Diagnostic


class UncheckedProduction(Rule):
    """Production steps without a pre-action."""

    code = "L202"
    name = "unchecked-production"
    category = Category.SAFETY
    summary = "Nothing looks at a change before it goes to production: the step has no pre-action"
    why = (
        "A pre-action can ask what people forget to: are the migrations compatible, is the image signed, does the "
        "ticket exist? Nothing is said in a workspace without any policy: they are declared somewhere else then."
    )
    avoid = """
environment dev { kind non-prod }

environment prod { kind prod }

product shop {
  labels team = "shop"
  flow standard
}

flow standard {
  trigger dev
  step prod after dev
  timeout 2h
}

policy everywhere {
  action pr
}
"""
    prefer = """
environment dev { kind non-prod }

environment prod { kind prod }

product shop {
  labels team = "shop"
  flow standard
}

flow standard {
  trigger dev
  step prod after dev
  timeout 2h
}

policy everywhere {
  action pr
}

policy checked-production priority 100 {
  when environment.kind == prod
  pre-action release-checks
}
"""

    def check(self, material: Material) -> Iterator[Diagnostic]:
        """Yield the production environments that some product reaches unchecked, once each."""
        if not material.workspace.policies:
            return
        first: dict[str, Target] = {}
        for target in material.shared(targets):
            if target.in_production and target.decision.workflow("pre-action") is None:
                first.setdefault(target.environment.name, target)
        for environment, target in first.items():
            yield self.found(
                f"nothing checks product `{target.product.name}` before it goes to `{environment}`",
                target.origin("pre-action"),
                help="set a `pre-action` for production, in a policy or in the step",
            )
