"""L111."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.material import Material
from engine.lint.parameters import CONTEXT, KNOWN, exports, passed
from engine.lint.places import found_after
from engine.lint.rule import Category, Rule
from engine.lint.workflow_uses import WorkflowUse, workflow_uses
from grammar.diagnostics import Diagnostic, Label


class ParameterNeverPassed(Rule):
    """Parameters that keep their default."""

    code = "L111"
    name = "parameter-never-passed"
    category = Category.CORRECTNESS
    summary = "A workflow declares one of promo's own parameters with a value, and is never passed it"
    why = (
        "The parameter has the name of something promo passes, but not in the role the workflow has: its default is "
        "all it will ever see."
    )
    avoid = """
policy everywhere {
  pre-action change-ticket
  action     commit
}
# file: workflows.yaml
apiVersion: argoproj.io/v1alpha1
kind: WorkflowTemplate
metadata:
  name: change-ticket
  annotations: {codefresh.io/workflow-origin: promotion}
spec:
  arguments:
    parameters:
      - name: COMMIT_MESSAGE
        value: "no message"
"""
    prefer = """
policy everywhere {
  action      commit
  post-action change-ticket
}
# file: workflows.yaml
apiVersion: argoproj.io/v1alpha1
kind: WorkflowTemplate
metadata:
  name: change-ticket
  annotations: {codefresh.io/workflow-origin: promotion}
spec:
  arguments:
    parameters:
      - name: COMMIT_MESSAGE
        value: "no message"
"""

    def check(self, material: Material) -> Iterator[Diagnostic]:
        """Yield the parameters of workflows in use that no use passes."""
        exported = material.shared(exports)
        uses: dict[str, list[WorkflowUse]] = {}
        for use in material.shared(workflow_uses):
            uses.setdefault(use.name.text, []).append(use)
        for name, own in uses.items():
            workflow = material.workspace.workflows.get(name)
            if workflow is None or (CONTEXT in exported and any(use.setting is None for use in own)):
                continue
            offered = frozenset[str]().union(*(passed(use, exported) for use in own))
            for parameter in workflow.parameters:
                if parameter.has_value and parameter.name in KNOWN - offered:
                    roles = " and ".join(sorted({use.role for use in own}))
                    yield self.found(
                        f"workflow `{name}` is never passed `{parameter.name}`: it is used as {roles} only",
                        found_after(material, workflow.span, parameter.name),
                        labels=[Label(own[0].name.span, "used here")],
                        help="remove the parameter, or use the workflow where it is passed",
                    )
