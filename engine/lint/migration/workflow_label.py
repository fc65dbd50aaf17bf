"""L403."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.material import Material
from engine.lint.places import found_after
from engine.lint.rule import Category, Rule
from grammar.diagnostics import Diagnostic

_LABEL = "codefresh.io/promotion"


class WorkflowLabel(Rule):
    """The older mark of promotion workflows."""

    code = "L403"
    name = "workflow-label"
    category = Category.MIGRATION
    summary = "A workflow template is marked as a promotion workflow by the older label"
    why = "The mark is an annotation now; the label is read for the sake of older files."
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
  labels: {codefresh.io/promotion: "true"}
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
        """Yield the templates that only the label marks."""
        for workflow in material.workspace.workflows.values():
            if workflow.old_mark:
                yield self.found(
                    f"workflow template `{workflow.name}` is marked by the label `{_LABEL}`",
                    found_after(material, workflow.span, _LABEL),
                    help="write the annotation `codefresh.io/workflow-origin: promotion`",
                )
