"""L310."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.material import Material
from engine.lint.rival_settings import Rival, rival_settings
from engine.lint.rule import Category, Rule
from engine.lint.taken_apart import TakenApart
from engine.model.attributes import ATTRIBUTES, Attribute
from engine.model.conditions import Membership, conjuncts
from engine.model.entities import Policy
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
        meeting = _Meeting(material.shared(TakenApart))
        asked: set[tuple[str, str]] = set()
        for group in material.shared(rival_settings):
            yield from self._group(group[:_MOST_RIVALS], meeting, asked)

    def _group(self, group: list[Rival], meeting: _Meeting, asked: set[tuple[str, str]]) -> Iterator[Diagnostic]:
        # A plain tuple is taken apart quicker than a named one.
        rivals = [(*rival,) for rival in group]
        for number, (policy, setting, value) in enumerate(rivals):
            name = policy.name
            for other, theirs, their_value in rivals[:number]:
                if value == their_value or (pair := (other.name, name)) in asked:
                    continue
                asked.add(pair)
                if meeting.may(policy, other):
                    yield self.found(
                        f"policies `{other.name}` and `{policy.name}` both have priority {policy.priority}, set "
                        f"`{setting.name}` differently, and may match the same product",
                        setting.span,
                        labels=[Label(theirs.span, "set differently here")],
                        help="give one of them a better priority, or let their conditions exclude each other",
                    )


_Asked = dict[int, frozenset[Scalar]]
"""By number of an attribute that has one value at most, the values that a policy asks of it."""


class _Meeting:
    """Whether two policies may match the same; what a policy asks for is found out once."""

    def __init__(self, apart: TakenApart) -> None:
        self._apart = apart
        self._attributes: dict[Attribute, int] = {}
        self._asked: dict[str, _Asked] = {}

    def may(self, policy: Policy, other: Policy) -> bool:
        theirs = self._values(other)
        # Two values of one label decide most cases; nothing needs to be taken apart for them.
        for attribute, values in self._values(policy).items():
            their_values = theirs.get(attribute)
            if their_values is not None and values.isdisjoint(their_values):
                return False
        return not self._apart.exclude(policy.when, other.when, named=True)

    def _values(self, policy: Policy) -> _Asked:
        found = self._asked.get(policy.name)
        if found is None:
            found = self._asked[policy.name] = {
                self._attributes.setdefault(part.attribute, len(self._attributes)): frozenset(part.values)
                for part in conjuncts(policy.when)
                if isinstance(part, Membership) and not ATTRIBUTES[part.attribute.subject, part.attribute.field].many
            }
        return found
