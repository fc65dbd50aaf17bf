"""Decides what a product's promotion into an environment is set to, field by field.

Every policy is one or more rows, numbered so that better policies have higher numbers. For a pair, the
rows that match are the intersection of the product's rows and the environment's; a setting's winner is
the highest of those that set it: one AND and one look at the top bit, however many policies there are.
Source: domain, promotion policy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial

from engine.model.attributes import Attribute
from engine.model.conditions import ALWAYS
from engine.model.entities import Policy, Setting
from engine.model.settings import SETTING_NAMES
from engine.model.workspace import Workspace
from engine.resolve.decision import Decision, Effective, InlineOrigin, PolicyOrigin
from engine.resolve.evaluation import evaluate
from engine.resolve.facts import (
    ENVIRONMENT_NAME,
    PRODUCT_NAME,
    Facts,
    environment_facts,
    product_facts,
)
from engine.resolve.rows import Row, rows
from engine.resolve.side_index import SideIndex, row_set, rows_of


@dataclass(frozen=True, slots=True)
class _PolicyRow:
    """A row and the policy it belongs to."""

    policy: Policy
    row: Row


class _Effects(dict[int, Effective]):
    """What a setting becomes when a row wins, by bit length of the set whose highest row it is."""

    __slots__ = ("_rows", "_setting")

    def __init__(self, setting: str, policy_rows: Sequence[_PolicyRow]) -> None:
        super().__init__()
        self._setting = setting
        self._rows = policy_rows

    def __missing__(self, length: int) -> Effective:
        policy = self._rows[length - 1].policy
        setting = next(found for found in policy.settings if found.name == self._setting)
        effective = Effective(setting.value, PolicyOrigin(policy.name, policy.priority, setting.span))
        self[length] = effective
        return effective


@dataclass(frozen=True, slots=True)
class _Place:
    """An environment: the rows that match it, also by setting, without the settings none of them sets."""

    matching: int
    settings: tuple[tuple[str, int, _Effects], ...]


class Resolver:
    """Decisions of one workspace. The index is made at the first decision, sides of pairs when they are met."""

    def __init__(self, workspace: Workspace) -> None:
        """Prepare for decisions; O(policies) once, later. Policies are sorted by priority, then name."""
        self.workspace = workspace
        self._whole_evaluations = 0
        self._indexed = False
        self._products: dict[str, int] = {}
        self._places: dict[str, _Place] = {}

    # --- the index ---------------------------------------------------------------------------------

    def _index(self) -> None:
        self._rows = tuple(_PolicyRow(policy, row) for policy in reversed(self.policies) for row in rows(policy.when))
        self._product_index = SideIndex((number, found.row.product) for number, found in enumerate(self._rows))
        self._environment_index = SideIndex((number, found.row.environment) for number, found in enumerate(self._rows))
        setting_rows: dict[str, list[int]] = {name: [] for name in SETTING_NAMES}
        for number, found in enumerate(self._rows):
            for setting in found.policy.settings:
                setting_rows[setting.name].append(number)
        self._setting_rows = {name: row_set(numbers) for name, numbers in setting_rows.items()}
        self._effects = {name: _Effects(name, self._rows) for name in SETTING_NAMES}
        self._whole = row_set(number for number, found in enumerate(self._rows) if found.row.rest != ALWAYS)
        self._indexed = True

    def _place(self, facts: Facts) -> _Place:
        matching = self._environment_index.holding(facts)
        by_setting = ((name, matching & setting_rows) for name, setting_rows in self._setting_rows.items())
        return _Place(matching, tuple((name, found, self._effects[name]) for name, found in by_setting if found))

    def _side(self, product: str | Facts) -> int:
        if not isinstance(product, str):
            return self._product_index.holding(product)
        self._products[product] = found = self._product_index.holding(product_facts(self.workspace.products[product]))
        return found

    def _place_of(self, environment: str | Facts) -> _Place:
        if not isinstance(environment, str):
            return self._place(environment)
        facts = environment_facts(self.workspace.environments[environment])
        self._places[environment] = found = self._place(facts)
        return found

    @cached_property
    def policies(self) -> tuple[Policy, ...]:
        """Return every policy, best first: by priority, then by name."""
        rank = self.workspace.priority_order.rank
        return tuple(sorted(self.workspace.policies.values(), key=lambda policy: (rank(policy.priority), policy.name)))

    # --- decisions ---------------------------------------------------------------------------------

    def decide(
        self,
        product: str | Facts,
        environment: str | Facts,
        *,
        inline: Sequence[Setting] | None = None,
        flow: str | None = None,
    ) -> Decision:
        """Return the effective settings of a pair.

        Args:
            product: a declared product's name, or the facts of one that need not be declared.
            environment: the same for the target environment.
            inline: settings that win over every policy; None takes those of ``flow`` for this environment.
            flow: the flow the change is in, as the origin of the inline settings; None is none, or by hand.

        Raises:
            KeyError: for a name that is not declared.
        """
        if not self._indexed:
            self._index()
        side = self._products.get(product) if isinstance(product, str) else None
        if side is None:
            side = self._side(product)
        place = self._places.get(environment) if isinstance(environment, str) else None
        if place is None:
            place = self._place_of(environment)
        if self._whole & side & place.matching:
            side &= ~self._failing_whole(side & place.matching, product, environment)
        effective: dict[str, Effective] = {}
        for name, setting_rows, effects in place.settings:
            length = (side & setting_rows).bit_length()
            if length:
                effective[name] = effects[length]
        if inline is None and flow is not None:
            inline = self._inline(flow, environment)
        if inline:
            effective = _overridden(effective, inline, flow)
        matching = side & place.matching
        return Decision(
            product if isinstance(product, str) else _name(product, PRODUCT_NAME),
            environment if isinstance(environment, str) else _name(environment, ENVIRONMENT_NAME),
            effective,
            partial(self._policies, matching),
            partial(self._candidates, matching),
        )

    def _failing_whole(self, matching: int, product: str | Facts, environment: str | Facts) -> int:
        """Return the rows that match in their parts but not in what could not be taken apart."""
        facts = self.facts_of(product, environment)
        failing = 0
        for number in rows_of(matching & self._whole):
            self._whole_evaluations += 1
            if not evaluate(self._rows[number].row.rest, facts):
                failing |= 1 << number
        return failing

    def _inline(self, flow: str, environment: str | Facts) -> tuple[Setting, ...]:
        declared = self.workspace.flows[flow]
        name = environment if isinstance(environment, str) else _name(environment, ENVIRONMENT_NAME)
        if name == declared.trigger:
            return declared.trigger_settings
        step = declared.step(name)
        return () if step is None else step.settings

    def facts_of(self, product: str | Facts, environment: str | Facts) -> Facts:
        """Return what is known of a pair.

        Raises:
            KeyError: for a name that is not declared.
        """
        about = product if isinstance(product, Facts) else product_facts(self.workspace.products[product])
        where = (
            environment
            if isinstance(environment, Facts)
            else environment_facts(self.workspace.environments[environment])
        )
        return about.overlaid(where)

    @property
    def evaluations(self) -> int:
        """Return how much was looked at one by one so far: conditions evaluated and rows named by tables."""
        if not self._indexed:
            return 0
        sides = (self._product_index, self._environment_index)
        return self._whole_evaluations + sum(side.evaluations + side.looked_up for side in sides)

    # --- the rarer questions -----------------------------------------------------------------------

    def _policies(self, matching: int) -> tuple[Policy, ...]:
        found = (self._rows[number].policy for number in rows_of(matching))
        return tuple({policy.name: policy for policy in found}.values())

    def _candidates(self, matching: int, setting: str) -> tuple[Effective, ...]:
        effects = self._effects[setting]
        numbers = rows_of(matching & self._setting_rows[setting])
        return tuple({self._rows[number].policy.name: effects[number + 1] for number in numbers}.values())


def _overridden(effective: dict[str, Effective], inline: Sequence[Setting], flow: str | None) -> dict[str, Effective]:
    """Return settings with the inline ones over them, in the order of the registry."""
    over = {setting.name: Effective(setting.value, InlineOrigin(flow, setting.span)) for setting in inline}
    merged = effective | over
    return {name: merged[name] for name in SETTING_NAMES if name in merged}


def _name(facts: Facts, attribute: Attribute) -> str:
    """Return the name that facts give; empty for something without one."""
    return str(next(iter(facts.of(attribute)), ""))
