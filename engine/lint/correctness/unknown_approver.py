"""L115."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.material import Material
from engine.lint.rule import Category, Rule
from engine.model.entities import Permission
from grammar import nodes
from grammar.diagnostics import Diagnostic, Severity
from grammar.suggest import did_you_mean


class UnknownApprover(Rule):
    """Approvals that no access rule lets anybody give."""

    code = "L115"
    name = "unknown-approver"
    category = Category.CORRECTNESS
    severity = Severity.ERROR
    summary = "Approvals are asked of a team that no access rule allows to approve"
    why = (
        "The step waits for ever. Nothing is said in a workspace where no access rule is about approving: who may is "
        "decided somewhere else then."
    )
    avoid = """
access release-managers {
  teams release-managers
  allow trigger, approve
  when product.labels.team == "shop"
}

policy reviewed {
  action    pr
  approvals 1 from release-manager
}
"""
    prefer = """
access release-managers {
  teams release-managers
  allow trigger, approve
  when product.labels.team == "shop"
}

policy reviewed {
  action    pr
  approvals 1 from release-managers
}
"""

    def check(self, material: Material) -> Iterator[Diagnostic]:
        """Yield the teams in `approvals` that may not approve anything."""
        rules = [rule for rule in material.workspace.access.values() if Permission.APPROVE in rule.allow]
        allowed = {team for rule in rules for team in rule.teams}
        if not allowed:
            return
        for use in material.settings:
            if isinstance(use.setting.value, nodes.ApprovalsValue):
                for team in use.setting.value.teams:
                    if team.text not in allowed:
                        near = did_you_mean(team.text, allowed)
                        yield self.found(
                            f"no access rule allows team `{team.text}` to approve",
                            team.span,
                            help=near or f"write an access rule with `teams {team.text}` and `allow approve`",
                        )
