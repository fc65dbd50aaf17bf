"""L106."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from engine.lint.material import Material
from engine.lint.releases import resolver_of
from engine.lint.rule import Category, Rule
from engine.model.entities import Policy
from engine.model.values import SettingValue
from engine.resolve.decision import Ambiguity, PolicyOrigin
from engine.resolve.facts import environment_facts, product_facts
from engine.resolve.rows import rows
from engine.resolve.side_index import SideIndex
from grammar.diagnostics import Diagnostic, Label, Severity

_MOST_ALIKE = 8
"""Products, or environments, that rival policies cannot tell apart and that are looked at all the same."""

_MOST_PAIRS = 10_000
"""Pairs that are decided to confirm a tie."""


class AmbiguousPriority(Rule):
    """Ties between policies that both match."""

    code = "L106"
    name = "ambiguous-priority"
    category = Category.CORRECTNESS
    severity = Severity.ERROR
    summary = "Two policies of one priority set the same thing differently for a product and an environment"
    why = (
        "Which of them counts is decided by their names, which nobody chose for that. Only declared products and "
        "environments are looked at here, and only ties that no better policy hides."
    )
    avoid = """
environment prod { kind prod }

product shop {
  labels team = "shop"
}

policy production priority 10 {
  when environment.kind == prod
  action pr
}

policy shop priority 10 {
  when product.name == shop
  action commit
}
"""
    prefer = """
environment prod { kind prod }

product shop {
  labels team = "shop"
}

policy production priority 20 {
  when environment.kind == prod
  action pr
}

policy shop priority 10 {
  when product.name == shop
  action commit
}
"""

    def check(self, material: Material) -> Iterator[Diagnostic]:
        """Yield each tie once, with a pair it shows on."""
        policies, groups = _rivals(material.workspace.policies)
        if not groups:
            return
        resolver = material.shared(resolver_of)
        seen: set[tuple[str, frozenset[str]]] = set()
        for product, environment in _suspects(material, policies, groups):
            for ambiguity in resolver.decide(product, environment).ambiguous:
                yield from self._findings(ambiguity, product, environment, seen)

    def _findings(
        self, ambiguity: Ambiguity, product: str, environment: str, seen: set[tuple[str, frozenset[str]]]
    ) -> Iterator[Diagnostic]:
        winner = ambiguity.winner.origin
        for other in ambiguity.others:
            if not isinstance(winner, PolicyOrigin) or not isinstance(other.origin, PolicyOrigin):
                continue
            key = (ambiguity.setting, frozenset((winner.policy, other.origin.policy)))
            if key in seen:
                continue
            seen.add(key)
            yield self.found(
                f"policies `{winner.policy}` and `{other.origin.policy}` both have priority {winner.priority} and "
                f"set `{ambiguity.setting}` differently for product `{product}` in environment `{environment}`",
                other.origin.span,
                labels=[Label(winner.span, "this counts, for its policy's name only")],
                help="give one of them a better priority, or let their conditions exclude each other",
            )


class _Group(NamedTuple):
    """Policies of one priority that set one thing, as bits, by the value they give it."""

    all_bits: int
    by_value: tuple[int, ...]

    def torn(self, bits: int) -> bool:
        """Say whether a set of policies holds two that disagree."""
        return sum(bool(bits & own) for own in self.by_value) > 1


def _rivals(policies: Mapping[str, Policy]) -> tuple[list[Policy], list[_Group]]:
    """Return the policies that could tie, and the groups they could tie in; a policy's number is its bit."""
    values: dict[tuple[int, str], dict[SettingValue, list[Policy]]] = {}
    for policy in policies.values():
        for setting in policy.settings:
            own = values.setdefault((policy.priority, setting.name), {})
            own.setdefault(setting.value, []).append(policy)
    torn = [group for group in values.values() if len(group) > 1]
    involved = list({policy.name: policy for group in torn for found in group.values() for policy in found}.values())
    number = {policy.name: 1 << index for index, policy in enumerate(involved)}
    groups = []
    for group in torn:
        by_value = tuple(sum(number[policy.name] for policy in found) for found in group.values())
        groups.append(_Group(sum(by_value), by_value))
    return involved, groups


def _suspects(material: Material, policies: list[Policy], groups: list[_Group]) -> Iterator[tuple[str, str]]:
    """Yield pairs on which policies of a group disagree, as far as a look at each side alone tells."""
    numbered = [(index, row) for index, policy in enumerate(policies) for row in rows(policy.when)]
    owner = [index for index, _ in numbered]
    product_side = SideIndex((number, row.product) for number, (_, row) in enumerate(numbered))
    environment_side = SideIndex((number, row.environment) for number, (_, row) in enumerate(numbered))
    workspace = material.workspace
    products: dict[int, list[str]] = {}
    for product in workspace.products.values():
        products.setdefault(product_side.holding(product_facts(product)), []).append(product.name)
    environments: dict[int, list[str]] = {}
    for environment in workspace.environments.values():
        environments.setdefault(environment_side.holding(environment_facts(environment)), []).append(environment.name)
    count = 0
    for product_rows, product_names in products.items():
        for environment_rows, environment_names in environments.items():
            both = product_rows & environment_rows
            bits = 0
            while both:
                row = both.bit_length() - 1
                bits |= 1 << owner[row]
                both ^= 1 << row
            if not any(group.torn(bits) for group in groups):
                continue
            for product_name in product_names[:_MOST_ALIKE]:
                for environment_name in environment_names[:_MOST_ALIKE]:
                    count += 1
                    if count > _MOST_PAIRS:
                        return
                    yield product_name, environment_name
