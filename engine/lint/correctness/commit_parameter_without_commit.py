"""L110."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.material import Material
from engine.lint.parameters import COMMIT
from engine.lint.places import found_after
from engine.lint.rule import Category, Rule
from engine.lint.workflow_uses import workflow_uses
from grammar import nodes
from grammar.diagnostics import Diagnostic, Label, Severity


class CommitParameterWithoutCommit(Rule):
    """Parameters of a commit where none is made."""

    code = "L110"
    name = "commit-parameter-without-commit"
    category = Category.CORRECTNESS
    severity = Severity.ERROR
    summary = "A post-action needs a `COMMIT_` parameter beside an action that is no commit"
    why = (
        "`COMMIT_SHA`, `COMMIT_AUTHOR`, `COMMIT_MESSAGE` and `COMMIT_DATE` are passed only when the action was a "
        "commit. After a pull request, or without an action, the workflow cannot start."
    )
    avoid = """
policy reviewed {
  action      pr
  post-action announce
}
# file: workflows.yaml
apiVersion: argoproj.io/v1alpha1
kind: WorkflowTemplate
metadata:
  name: announce
  annotations: {codefresh.io/workflow-origin: promotion}
spec:
  arguments:
    parameters:
      - name: COMMIT_SHA
"""
    prefer = """
policy reviewed {
  action      pr
  post-action announce
}
# file: workflows.yaml
apiVersion: argoproj.io/v1alpha1
kind: WorkflowTemplate
metadata:
  name: announce
  annotations: {codefresh.io/workflow-origin: promotion}
spec:
  arguments:
    parameters:
      - name: COMMIT_SHA
        value: ""
"""

    def check(self, material: Material) -> Iterator[Diagnostic]:
        """Yield post-actions whose own block says that there is no commit."""
        for use in material.shared(workflow_uses):
            workflow = material.workspace.workflows.get(use.name.text)
            if use.role != "post-action" or workflow is None or use.setting is None:
                continue
            action = use.setting.beside("action")
            if action is None or not isinstance(action.value, nodes.NameValue) or action.value.name.text == "commit":
                continue
            for parameter in workflow.parameters:
                if parameter.name in COMMIT and not parameter.has_value:
                    yield self.found(
                        f"the post-action `{workflow.name}` needs `{parameter.name}`, and the action of {use.title} is "
                        f"`{action.value.name.text}`",
                        use.name.span,
                        labels=[
                            Label(action.span, "no commit is made here"),
                            Label(found_after(material, workflow.span, parameter.name), "declared without a value"),
                        ],
                        help=f"give `{parameter.name}` a value in the template, or choose another workflow",
                    )
