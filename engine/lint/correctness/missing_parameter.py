"""L109."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.material import Material
from engine.lint.parameters import KNOWN, exports, passed
from engine.lint.places import found_after
from engine.lint.rule import Category, Rule
from engine.lint.spelling import misspelt
from engine.lint.workflow_uses import WorkflowUse, workflow_uses
from engine.model.argo import WorkflowTemplate
from grammar.diagnostics import Diagnostic, Label, Severity


class MissingParameter(Rule):
    """Parameters that nothing passes."""

    code = "L109"
    name = "missing-parameter"
    category = Category.CORRECTNESS
    severity = Severity.ERROR
    summary = "A workflow declares a parameter without a value, and nothing passes one to it there"
    why = (
        "Argo refuses to start such a workflow. A pre-action is passed the application's parameters, a post-action "
        "those of the commit too and what pre-actions export, the first hook those of the release. Later hooks may "
        "be passed anything by earlier ones and are not judged, nor are actions where the exporting template is not "
        "at hand."
    )
    avoid = """
policy everywhere {
  pre-action smoke-tests
  action     commit
}
# file: workflows.yaml
apiVersion: argoproj.io/v1alpha1
kind: WorkflowTemplate
metadata:
  name: smoke-tests
  annotations: {codefresh.io/workflow-origin: promotion}
spec:
  arguments:
    parameters:
      - name: APPLICATION
"""
    prefer = """
policy everywhere {
  pre-action smoke-tests
  action     commit
}
# file: workflows.yaml
apiVersion: argoproj.io/v1alpha1
kind: WorkflowTemplate
metadata:
  name: smoke-tests
  annotations: {codefresh.io/workflow-origin: promotion}
spec:
  arguments:
    parameters:
      - name: APP_NAME
"""

    def check(self, material: Material) -> Iterator[Diagnostic]:
        """Yield the places that name a workflow whose parameter stays empty there."""
        exported = material.shared(exports)
        workflows = material.workspace.workflows
        uses = material.shared(workflow_uses)
        unknown_pre = any(use.role == "pre-action" and use.name.text not in workflows for use in uses)
        for use in uses:
            workflow = workflows.get(use.name.text)
            if workflow is None or not _judged(use, unknown_pre):
                continue
            offered = passed(use, exported)
            for parameter in workflow.parameters:
                if not parameter.has_value and parameter.name not in offered:
                    yield self._finding(use, workflow, parameter.name, material)

    def _finding(self, use: WorkflowUse, workflow: WorkflowTemplate, name: str, material: Material) -> Diagnostic:
        near = misspelt(name, KNOWN)
        return self.found(
            f"the {use.role} `{workflow.name}` of {use.title} needs the parameter `{name}`, which nothing passes",
            use.name.span,
            labels=[Label(found_after(material, workflow.span, name), "declared here, without a value")],
            help=f"did you mean `{near}`?" if near else f"give `{name}` a value in the template, or remove it",
        )


def _judged(use: WorkflowUse, unknown_pre: bool) -> bool:
    """Say whether it is certain what a place passes."""
    match use.role:
        case "pre-action":
            return True
        case "post-action":
            return not unknown_pre
        case _:
            return use.first_hook
