"""L401."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.material import Material, in_manifest
from engine.lint.rule import Category, Rule
from grammar import nodes
from grammar.diagnostics import Diagnostic


class DeprecatedPostTrigger(Rule):
    """`postTrigger` of a flow's manifest."""

    code = "L401"
    name = "deprecated-post-trigger"
    category = Category.MIGRATION
    summary = "A manifest of a flow uses `postTrigger`, which is deprecated"
    why = (
        "It names the post-action of the trigger environment. The manifest has no other place for it; the language "
        "says it where it belongs."
    )
    avoid = """
environment dev { kind non-prod }

environment qa { kind non-prod }
# file: flow.yaml
apiVersion: codefresh.io/v1beta1
kind: PromotionFlow
metadata:
  name: standard
spec:
  triggerEnvironment: dev
  postTrigger: unit-tests
  steps:
    - environment: qa
      dependsOn: [dev]
"""
    prefer = """
environment dev { kind non-prod }

environment qa { kind non-prod }

flow standard {
  trigger dev { post-action unit-tests }
  step qa after dev
}
"""

    def check(self, material: Material) -> Iterator[Diagnostic]:
        """Yield the settings of triggers in manifests: they can only come from `postTrigger`."""
        for use in material.settings:
            if use.trigger and in_manifest(use.setting.span) and isinstance(use.setting.value, nodes.NameValue):
                name = use.setting.value.name.text
                yield self.found(
                    "`postTrigger` is deprecated",
                    use.setting.span,
                    help=f"write the flow in a `.promo` file: `trigger {use.environment} {{ post-action {name} }}`",
                )
