"""L404."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.material import Material
from engine.lint.rule import Category, Rule
from engine.lint.workflow_uses import workflow_uses
from grammar.diagnostics import Diagnostic


class UnderscoreWorkflow(Rule):
    """Names of workflows that Kubernetes refuses."""

    code = "L404"
    name = "underscore-workflow"
    category = Category.MIGRATION
    summary = "A workflow's name has an underscore or a capital letter, which no Kubernetes object can have"
    why = "Older installations took such names; a WorkflowTemplate of that name cannot be made."
    avoid = """
policy everywhere {
  action      commit
  post-action "smoke_tests"
}
"""
    prefer = """
policy everywhere {
  action      commit
  post-action smoke-tests
}
"""

    def check(self, material: Material) -> Iterator[Diagnostic]:
        """Yield the settings and hooks that name such a workflow."""
        for use in material.shared(workflow_uses):
            name = use.name.text
            if name in material.workspace.workflows or (name == name.lower() and "_" not in name):
                continue
            yield self.found(
                f"no WorkflowTemplate can be called `{name}`",
                use.name.span,
                help=f"call it `{name.replace('_', '-').lower()}`",
            )
