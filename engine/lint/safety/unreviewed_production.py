"""L201."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.material import Material
from engine.lint.releases import Target, targets
from engine.lint.rule import Category, Rule
from engine.model.values import Action
from grammar.diagnostics import Diagnostic, Label
from grammar.span import Span


class UnreviewedProduction(Rule):
    """Commits to production that nobody sees."""

    code = "L201"
    name = "unreviewed-production"
    category = Category.SAFETY
    summary = "A product reaches production by a commit, without a review and without an approval"
    why = (
        "Whoever can push to the trigger environment's branch changes production alone. A pull request leaves a "
        "place to say no; an approval does the same before the step."
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
  step prod after dev { pre-action release-checks }
  timeout 2h
}

policy everywhere {
  action commit
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
  step prod after dev { pre-action release-checks }
  timeout 2h
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
        """Yield the settings that make production steps commits, each with the first product they do it for."""
        first: dict[Span, Target] = {}
        for target in material.shared(targets):
            decision = target.decision
            if (
                target.in_production
                and decision.value("action") is Action.COMMIT
                and decision.value("approvals") is None
            ):
                first.setdefault(target.origin("action"), target)
        for span, target in first.items():
            yield self.found(
                f"product `{target.product.name}` reaches `{target.environment.name}` by a commit that nobody reviews",
                span,
                labels=[Label(target.step.span, "in this step")] if target.step.span != span else (),
                help="set `action pr` or `approvals` for production, in a policy or in the step",
            )
