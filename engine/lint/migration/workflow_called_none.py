"""L405."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.material import Material
from engine.lint.rule import Category, Rule
from engine.lint.workflow_uses import workflow_uses
from grammar.diagnostics import Diagnostic


class WorkflowCalledNone(Rule):
    """Workflows called "none" that are probably none."""

    code = "L405"
    name = "workflow-called-none"
    category = Category.MIGRATION
    summary = "A manifest names a workflow `none`, and there is no such workflow"
    why = (
        "In a manifest a workflow's name is a name: `preAction: none` runs the workflow called none. Not to run any is "
        "said by leaving it out, or in a `.promo` file by the word `none` without quotes."
    )
    avoid = """
policy everywhere {
  action commit
}
# file: policy.yaml
apiVersion: codefresh.io/v1beta1
kind: PromotionPolicy
metadata:
  name: quick
spec:
  priority: 10
  selector:
    product:
      names: [shop]
  policy:
    action: commit
    preAction: none
"""
    prefer = """
policy everywhere {
  action commit
}

policy quick priority 10 {
  when product.name == shop
  pre-action none
  action     commit
}
"""

    def check(self, material: Material) -> Iterator[Diagnostic]:
        """Yield the settings and hooks that name a workflow `none` which no template declares."""
        for use in material.shared(workflow_uses):
            if use.name.text == "none" and "none" not in material.workspace.workflows:
                yield self.found(
                    f"{use.title} runs a workflow called `none` as its {use.role}",
                    use.name.span,
                    help="leave the field out, or say `none` without quotes in a `.promo` file",
                )
