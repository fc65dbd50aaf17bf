"""L114."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.material import Material
from engine.lint.places import headed
from engine.lint.rule import Category, Rule
from engine.lint.workflow_uses import workflow_uses
from grammar.diagnostics import Diagnostic


class UnusedWorkflow(Rule):
    """Promotion workflows that nothing names."""

    code = "L114"
    name = "unused-workflow"
    category = Category.CORRECTNESS
    summary = "No setting and no hook names a promotion workflow"
    why = (
        "It may be called by hand, which is why this is only said where it is asked for. Otherwise it is left over, or "
        "its name is misspelt where it was meant to be used."
    )
    avoid = """
policy everywhere {
  action commit
}
# file: workflows.yaml
apiVersion: argoproj.io/v1alpha1
kind: WorkflowTemplate
metadata:
  name: smoke-tests
  annotations: {codefresh.io/workflow-origin: promotion}
spec: {}
"""
    prefer = """
policy everywhere {
  action      commit
  post-action smoke-tests
}
# file: workflows.yaml
apiVersion: argoproj.io/v1alpha1
kind: WorkflowTemplate
metadata:
  name: smoke-tests
  annotations: {codefresh.io/workflow-origin: promotion}
spec: {}
"""
    by_default = False

    def check(self, material: Material) -> Iterator[Diagnostic]:
        """Yield the promotion workflows without a use."""
        used = {use.name.text for use in material.shared(workflow_uses)}
        for workflow in material.workspace.workflows.values():
            if workflow.promotion and workflow.name not in used:
                yield self.found(
                    f"nothing names the promotion workflow `{workflow.name}`",
                    headed(material, workflow.span),
                    help="name it in a setting or a hook, or remove it",
                )
