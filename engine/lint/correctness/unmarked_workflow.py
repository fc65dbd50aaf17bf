"""L108."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.material import Material
from engine.lint.places import headed
from engine.lint.rule import Category, Rule
from engine.lint.workflow_uses import workflow_uses
from grammar.diagnostics import Diagnostic, Label, Severity


class UnmarkedWorkflow(Rule):
    """Workflow templates that are no promotion workflows."""

    code = "L108"
    name = "unmarked-workflow"
    category = Category.CORRECTNESS
    severity = Severity.ERROR
    summary = "A setting or a hook names a workflow template that is not marked as a promotion workflow"
    why = (
        "Only templates that carry the annotation `codefresh.io/workflow-origin: promotion` are offered to promotions; "
        "any other one is not found when the release comes to it."
    )
    avoid = """
policy everywhere {
  action      commit
  post-action smoke-tests
}
# file: workflows.yaml
apiVersion: argoproj.io/v1alpha1
kind: WorkflowTemplate
metadata:
  name: smoke-tests
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

    def check(self, material: Material) -> Iterator[Diagnostic]:
        """Yield the places that name such a template."""
        workflows = material.workspace.workflows
        for use in material.shared(workflow_uses):
            workflow = workflows.get(use.name.text)
            if workflow is not None and not workflow.promotion:
                yield self.found(
                    f"workflow template `{workflow.name}` is not marked as a promotion workflow",
                    use.name.span,
                    labels=[Label(headed(material, workflow.span), "declared here")],
                    help="annotate the template with `codefresh.io/workflow-origin: promotion`",
                )
