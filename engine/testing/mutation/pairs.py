"""Pairs that a change can be seen in: those that tests look at, and everything declared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from engine.model.entities import Policy
from engine.model.settings import SETTING_NAMES
from engine.model.values import SettingValue, written
from engine.resolve.decision import Decision, PolicyOrigin
from engine.resolve.facts import Facts
from engine.resolve.resolver import Resolver
from engine.testing.outcome import Ran
from engine.testing.requirements import declared_steps
from grammar.lexical import name_token

Values = Mapping[str, SettingValue]


@dataclass(frozen=True, slots=True)
class Pair:
    """A pair, and what is in force there as the workspace is.

    Attributes:
        product: the product's name.
        about: the product as the resolver is asked: the name of a declared one (which it remembers), else facts.
        environment: the target environment's name.
        flow: the flow; None for a promotion by hand.
        facts: of both.
        values: effective settings.
        step: whether a declared product gets there along a declared flow.
    """

    product: str
    about: str | Facts
    environment: str
    flow: str | None
    facts: Facts = field(repr=False)
    values: Values = field(repr=False)
    step: bool = False

    @property
    def words(self) -> str:
        """Return it for people."""
        along = f" along flow `{self.flow}`" if self.flow is not None else ""
        return f"`{self.product}` in `{self.environment}`{along}"


class Pairs:
    """The pairs of one workspace, with its tests.

    Attributes:
        all: steps of declared products first, then other declared pairs, then those only tests know.
    """

    def __init__(self, resolver: Resolver, tests: Iterable[Ran]) -> None:
        """Decide every pair. O(products x environments + steps)."""
        self._resolver = resolver
        self._rivals: dict[str, str] = {}
        self._rank = {policy.name: number for number, policy in enumerate(resolver.policies)}
        workspace = resolver.workspace
        made: list[Pair] = [
            self._pair(product, product, environment, flow.name, step=True)
            for product, flow, environment in declared_steps(workspace)
        ]
        made += [
            self._pair(product, product, environment, None)
            for product in workspace.products
            for environment in workspace.environments
        ]
        made += [
            self._pair(ran.given.product.name, ran.given.facts, looked.environment, ran.given.flow)
            for ran in tests
            for looked in ran.looked_at
        ]
        self.all = tuple(made)

    def _pair(
        self, product: str, about: str | Facts, environment: str, flow: str | None, *, step: bool = False
    ) -> Pair:
        decision = self._resolver.decide(about, environment, flow=flow)
        self._note_rivals(decision)
        facts = self._resolver.facts_of(about, environment)
        return Pair(product, about, environment, flow, facts, values_of(decision), step)

    def _note_rivals(self, decision: Decision) -> None:
        """Note whom each policy loses to here: the worst of those that win over it with another value."""
        matching = decision.matching
        for name, winner in decision.effective.items():
            if not isinstance(winner.origin, PolicyOrigin):
                continue
            for policy in matching:
                if policy.name != winner.origin.policy and _differs(policy, name, winner.value):
                    known = self._rivals.get(policy.name)
                    if known is None or self._rank[winner.origin.policy] > self._rank[known]:
                        self._rivals[policy.name] = winner.origin.policy

    def rival(self, policy: Policy) -> Policy | None:
        """Return the next better policy that a policy loses a setting to somewhere; None when it loses nowhere."""
        name = self._rivals.get(policy.name)
        return None if name is None else self._resolver.workspace.policies[name]

    def values(self, resolver: Resolver, pair: Pair) -> Values:
        """Return what is in force for a pair in another workspace."""
        return values_of(resolver.decide(pair.about, pair.environment, flow=pair.flow))


def values_of(decision: Decision) -> Values:
    """Return the values in force."""
    return {name: effective.value for name, effective in decision.effective.items()}


def difference(old: Values, new: Values) -> str:
    """Return how settings differ, for people, the first of the differences."""
    for name in SETTING_NAMES:
        before, after = old.get(name), new.get(name)
        if before != after:
            said = f"{name_token(name)} {written(after)}" if after is not None else f"no {name}"
            return f"{said} instead of {written(before)}" if before is not None else f"{said} instead of none"
    return "no difference"


def _differs(policy: Policy, name: str, value: SettingValue) -> bool:
    return any(setting.name == name and setting.value != value for setting in policy.settings)
