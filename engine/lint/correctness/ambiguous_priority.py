"""L106."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from engine.lint.material import Material
from engine.lint.releases import resolver_of
from engine.lint.rival_settings import Rival, rival_settings
from engine.lint.rule import Category, Rule
from engine.model.entities import Policy
from engine.resolve.decision import Ambiguity, PolicyOrigin
from engine.resolve.facts import environment_facts, product_facts
from engine.resolve.rows import rows
from engine.resolve.side_index import SideIndex, row_set, rows_of
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
        policies, places = _rivals(material.shared(rival_settings))
        if not policies:
            return
        resolver = material.shared(resolver_of)
        seen: set[tuple[str, frozenset[str]]] = set()
        for product, environment in _suspects(material, policies, places):
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


class _Place(NamedTuple):
    """A setting at a priority, by number, and one of the values it is given there, by number."""

    group: int
    value: int


def _rivals(groups: list[list[Rival]]) -> tuple[list[Policy], list[list[_Place]]]:
    """Return the policies that could tie, and for each the places it could tie at."""
    found: dict[str, tuple[Policy, list[_Place]]] = {}
    for number, group in enumerate(groups):
        for rival in group:
            known = found.get(rival.policy.name)
            if known is None:
                known = found[rival.policy.name] = (rival.policy, [])
            known[1].append(_Place(number, rival.value))
    return [policy for policy, _ in found.values()], [places for _, places in found.values()]


def _suspects(material: Material, policies: list[Policy], places: list[list[_Place]]) -> Iterator[tuple[str, str]]:
    """Yield pairs on which policies of a group disagree, as far as a look at each side alone tells.

    Cost: about linear in the rows that hold for each product, and for each environment; pairs cost nothing unless
    they are yielded.
    """
    numbered = [(index, row) for index, policy in enumerate(policies) for row in rows(policy.when)]
    product_side = SideIndex((number, row.product) for number, (_, row) in enumerate(numbered))
    environment_side = SideIndex((number, row.environment) for number, (_, row) in enumerate(numbered))
    workspace = material.workspace
    products: dict[int, list[str]] = {}
    for product in workspace.products.values():
        products.setdefault(product_side.holding(product_facts(product)), []).append(product.name)
    environments: dict[int, list[str]] = {}
    for environment in workspace.environments.values():
        environments.setdefault(environment_side.holding(environment_facts(environment)), []).append(environment.name)
    environment_names = list(environments.values())
    reached = _transposed(environments, len(numbered))
    count = 0
    for product_rows, product_names in products.items():
        held = [(places[numbered[row][0]], reached[row]) for row in rows_of(product_rows)]
        for number in sorted(rows_of(_torn(held))):
            for product_name in product_names[:_MOST_ALIKE]:
                for environment_name in environment_names[number][:_MOST_ALIKE]:
                    count += 1
                    if count > _MOST_PAIRS:
                        return
                    yield product_name, environment_name


def _transposed(environments: Iterable[int], count: int) -> list[int]:
    """Return for each of ``count`` rows the environments it holds for, as bits, from the rows of each environment."""
    numbers: list[list[int]] = [[] for _ in range(count)]
    for number, environment_rows in enumerate(environments):
        for row in rows_of(environment_rows):
            numbers[row].append(number)
    return [row_set(found) for found in numbers]


def _torn(held: Iterable[tuple[list[_Place], int]]) -> int:
    """Return the environments, as bits, for which two policies give one setting different values at one priority.

    Args:
        held: of each policy that the product fits, its places, and the environments it fits.
    """
    reach: dict[int, dict[int, int]] = {}
    for places, environments in held:
        if environments:
            for group, value in places:
                by_value = reach.setdefault(group, {})
                by_value[value] = by_value.get(value, 0) | environments
    torn = 0
    for by_value in reach.values():
        once = 0
        for environments in by_value.values():
            torn |= once & environments
            once |= environments
    return torn
