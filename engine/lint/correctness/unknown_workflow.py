"""L107."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.material import Material
from engine.lint.rule import Category, Rule
from engine.lint.workflow_uses import WorkflowUse, workflow_uses
from grammar.diagnostics import Diagnostic, Label, Severity
from grammar.suggest import nearest


class UnknownWorkflow(Rule):
    """Workflows that nothing declares."""

    code = "L107"
    name = "unknown-workflow"
    category = Category.CORRECTNESS
    severity = Severity.ERROR
    summary = "A setting or a hook names a workflow that none of the workflow templates declares"
    why = (
        "The release stops when it comes to the workflow. Nothing is said in a workspace without any workflow "
        "template: the templates are somewhere else then."
    )
    avoid = """
policy everywhere {
  action      commit
  post-action smoke-test
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

    def check(self, material: Material) -> Iterator[Diagnostic]:
        """Yield the names that no template has."""
        workflows = material.workspace.workflows
        if not any(workflow.promotion for workflow in workflows.values()):
            return
        near: dict[str, str | None] = {}
        for use in material.shared(workflow_uses):
            if use.name.text not in workflows:
                if use.name.text not in near:
                    near[use.name.text] = nearest(use.name.text, workflows)
                yield self._finding(use, near[use.name.text], material)

    def _finding(self, use: WorkflowUse, near: str | None, material: Material) -> Diagnostic:
        labels = [Label(material.workspace.workflows[near].span, f"`{near}` is declared here")] if near else []
        return self.found(
            f"no workflow template is called `{use.name.text}`",
            use.name.span,
            help=f"did you mean `{near}`?"
            if near
            else "add its WorkflowTemplate to the workspace, or correct the name",
            labels=labels,
        )
