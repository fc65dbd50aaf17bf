"""L311."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.material import Material
from engine.lint.rule import Category, Rule
from grammar import nodes
from grammar.diagnostics import Diagnostic, Label, Severity

_RUN = 3
"""Priorities in a row from which on it is said."""


class PriorityWithoutRoom(Rule):
    """Priorities counted one by one."""

    code = "L311"
    name = "priority-without-room"
    category = Category.STYLE
    severity = Severity.INFO
    summary = "Three or more policies have priorities that follow each other without a gap"
    why = (
        "The next policy that belongs between two of them has no number, and all the others must be changed. Steps of "
        "ten, and bands for kinds of policies, leave room."
    )
    avoid = """
policy everywhere priority 1 {
  action commit
}

policy production priority 2 {
  when environment.kind == prod
  action pr
}

policy payments priority 3 {
  when product.labels.team == "payments"
  soak 2h
}
"""
    prefer = """
policy everywhere priority 10 {
  action commit
}

policy production priority 20 {
  when environment.kind == prod
  action pr
}

policy payments priority 30 {
  when product.labels.team == "payments"
  soak 2h
}
"""

    def check(self, material: Material) -> Iterator[Diagnostic]:
        """Yield the first policy of each run of neighbouring priorities."""
        by_priority: dict[int, nodes.Policy] = {}
        for policy in material.of(nodes.Policy):
            if policy.priority is not None:
                by_priority.setdefault(policy.priority, policy)
        run: list[int] = []
        for priority in [*sorted(by_priority), None]:
            if run and priority is not None and priority == run[-1] + 1:
                run.append(priority)
                continue
            if len(run) >= _RUN:
                first, last = by_priority[run[0]], by_priority[run[-1]]
                yield self.found(
                    f"priorities {run[0]} to {run[-1]} are all taken: nothing fits between them",
                    first.name.span,
                    labels=[Label(last.name.span, "the last of them")],
                    help="leave gaps: 10, 20, 30",
                )
            run = [priority] if priority is not None else []
