"""L310."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.condition_logic import Clause, alternatives, exclude
from engine.lint.material import Material
from engine.lint.rule import Category, Rule
from engine.model.attributes import ATTRIBUTES, Attribute
from engine.model.conditions import Membership, conjuncts
from engine.model.entities import Policy, Setting
from engine.model.values import Scalar
from grammar.diagnostics import Diagnostic, Label

_MOST_RIVALS = 200
"""Policies of one priority and setting that are compared with each other."""


class PriorityCollision(Rule):
    """Ties that are still to come."""

    code = "L310"
    name = "priority-collision"
    category = Category.STYLE
    summary = (
        "Two policies of one priority set the same thing differently, and their conditions do not exclude each other"
    )
    why = (
        "No declared product need match both today; the next one may. Then the policies' names decide. Policies that "
        "select by two values of one label, name or kind exclude each other and may share a priority."
    )
    avoid = """
policy stateful priority 100 {
  when product.tags in [stateful]
  soak 2h
}

policy regulated priority 100 {
  when product.labels.data == "regulated"
  soak 1d
}
"""
    prefer = """
policy stateful priority 100 {
  when product.tags in [stateful]
  soak 2h
}

policy regulated priority 110 {
  when product.labels.data == "regulated"
  soak 1d
}
"""

    def check(self, material: Material) -> Iterator[Diagnostic]:
        """Yield each policy that could tie with an earlier one, once for each pair."""
        groups: dict[tuple[int, str], list[tuple[Policy, Setting]]] = {}
        for policy in material.workspace.policies.values():
            for setting in policy.settings:
                groups.setdefault((policy.priority, setting.name), []).append((policy, setting))
        meeting = _Meeting()
        seen: set[tuple[str, str]] = set()
        for group in groups.values():
            if len({setting.value for _, setting in group}) > 1:
                yield from self._group(group[:_MOST_RIVALS], meeting, seen)

    def _group(
        self, group: list[tuple[Policy, Setting]], meeting: _Meeting, seen: set[tuple[str, str]]
    ) -> Iterator[Diagnostic]:
        for number, (policy, setting) in enumerate(group):
            for other, theirs in group[:number]:
                pair = (other.name, policy.name)
                if pair not in seen and setting.value != theirs.value and meeting.may(policy, other):
                    seen.add(pair)
                    yield self.found(
                        f"policies `{other.name}` and `{policy.name}` both have priority {policy.priority}, set "
                        f"`{setting.name}` differently, and may match the same product",
                        setting.span,
                        labels=[Label(theirs.span, "set differently here")],
                        help="give one of them a better priority, or let their conditions exclude each other",
                    )


class _Meeting:
    """Whether two policies may match the same; what was found out once is kept, since they may share many settings."""

    def __init__(self) -> None:
        self._asked: dict[str, dict[Attribute, frozenset[Scalar]]] = {}
        self._apart: dict[str, tuple[Clause, ...] | None] = {}
        self._answers: dict[tuple[str, str], bool] = {}

    def may(self, policy: Policy, other: Policy) -> bool:
        pair = (policy.name, other.name)
        if pair not in self._answers:
            self._answers[pair] = self._may(policy, other)
        return self._answers[pair]

    def _may(self, policy: Policy, other: Policy) -> bool:
        theirs = self._values(other)
        # Two values of one label decide most cases; nothing needs to be taken apart for them.
        if any(values.isdisjoint(theirs.get(attribute, values)) for attribute, values in self._values(policy).items()):
            return False
        return not exclude(self._alternatives(policy), self._alternatives(other), named=True)

    def _alternatives(self, policy: Policy) -> tuple[Clause, ...] | None:
        """Return a condition taken apart: once, however many others it is held against."""
        if policy.name not in self._apart:
            self._apart[policy.name] = alternatives(policy.when, True)
        return self._apart[policy.name]

    def _values(self, policy: Policy) -> dict[Attribute, frozenset[Scalar]]:
        found = self._asked.get(policy.name)
        if found is None:
            found = self._asked[policy.name] = _values(policy)
        return found


def _values(policy: Policy) -> dict[Attribute, frozenset[Scalar]]:
    """Return the values a policy asks of each attribute that has one value at most."""
    return {
        part.attribute: frozenset(part.values)
        for part in conjuncts(policy.when)
        if isinstance(part, Membership) and not ATTRIBUTES[part.attribute.subject, part.attribute.field].many
    }
