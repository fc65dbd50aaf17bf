"""L104."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.material import Material
from engine.lint.rule import Category, Rule
from engine.model.conditions import Always, Condition
from engine.model.entities import Policy
from grammar import nodes
from grammar.diagnostics import Diagnostic, Label
from grammar.span import Span


class DuplicateSelector(Rule):
    """Policies that select the same with the same priority."""

    code = "L104"
    name = "duplicate-selector"
    category = Category.CORRECTNESS
    summary = "Two policies have the same condition and the same priority"
    why = (
        "Whoever changes the one overlooks the other, and the first setting that both name is a tie. One policy "
        "says the same, or two priorities say which of them wins."
    )
    avoid = """
policy reviewed {
  when environment.kind == prod
  action pr
}

policy approved {
  when environment.kind == prod
  approvals 1
}
"""
    prefer = """
policy reviewed {
  when environment.kind == prod
  action    pr
  approvals 1
}
"""

    def check(self, material: Material) -> Iterator[Diagnostic]:
        """Yield each policy that selects what an earlier one selects."""
        names = {node.name.text: node.name.span for node in material.of(nodes.Policy)}
        first: dict[tuple[int, Condition], Policy] = {}
        for policy in material.workspace.policies.values():
            known = first.setdefault((policy.priority, policy.when), policy)
            if known is not policy:
                yield self._finding(policy, known, names)

    def _finding(self, policy: Policy, known: Policy, names: dict[str, Span]) -> Diagnostic:
        same = "both have no condition" if isinstance(policy.when, Always) else "both have the same condition"
        return self.found(
            f"policies `{known.name}` and `{policy.name}` have priority {policy.priority}, and {same}",
            names.get(policy.name, policy.span),
            labels=[Label(names.get(known.name, known.span), "the other one")],
            help="join them, or give them different priorities",
        )
