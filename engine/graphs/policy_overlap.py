"""Which policies match common pairs, and which settings they contest: who stands over whom, where, how often."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from engine.model.entities import Policy
from engine.model.settings import SETTING_NAMES
from engine.model.values import SettingValue
from engine.resolve.resolver import Resolver


@dataclass(frozen=True, slots=True)
class Link:
    """A policy that stands directly over another: no third one is between them.

    Attributes:
        over: the policy that wins.
        under: the policy that loses to it.
        setting: the setting that both set.
        pairs: in how many pairs of product and environment.
        agree: whether both set the same value, so that nothing is lost.
        tie: whether only their names decide: equal priorities, other values.
    """

    over: str
    under: str
    setting: str
    pairs: int
    agree: bool
    tie: bool


@dataclass(frozen=True, slots=True)
class Claim:
    """What a policy sets a setting to, and how often that is so.

    Attributes:
        setting: its name.
        value: what the policy sets.
        decides: in how many of the pairs that the policy matches its value is in force because of it.
        beaten_by: the policies that win in the others, with the number of pairs, most first.
        tied: in how many pairs only its name decided, for or against it.
    """

    setting: str
    value: SettingValue
    decides: int
    beaten_by: tuple[tuple[str, int], ...] = ()
    tied: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """A policy among the others.

    Attributes:
        policy: the policy.
        pairs: how many declared pairs it matches.
        claims: one for every setting it sets, in the order of the registry.
    """

    policy: Policy
    pairs: int
    claims: tuple[Claim, ...]

    @property
    def contested(self) -> bool:
        """Whether another policy wins one of its settings somewhere, or ties with it."""
        return any(claim.beaten_by or claim.tied for claim in self.claims)


@dataclass(frozen=True, slots=True)
class PolicyOverlap:
    """All policies.

    Attributes:
        standings: best priority first, then by name.
        links: by the standing of the upper, then of the lower policy, then by setting.
        pairs: how many pairs were looked at.
    """

    standings: tuple[Standing, ...]
    links: tuple[Link, ...]
    pairs: int


def policy_overlap(resolver: Resolver, pairs: Iterable[tuple[str, str]]) -> PolicyOverlap:
    """Return how the policies of a workspace stand to each other where something is declared.

    Args:
        resolver: of the workspace.
        pairs: declared products and environments. Each is decided once; what policies have in common is then
            counted once for every set of policies that match together.

    Raises:
        KeyError: for a name that is not declared.
    """
    count = 0
    together: Counter[tuple[str, ...]] = Counter()
    for product, environment in pairs:
        count += 1
        together[tuple(policy.name for policy in resolver.decide(product, environment).matching)] += 1
    tally = _Tally(resolver)
    for names, times in together.items():
        tally.add(names, times)
    return PolicyOverlap(tally.standings(), tally.links(), count)


def around(found: PolicyOverlap, policy: str) -> PolicyOverlap:
    """Return a policy with those that overrule it or are overruled by it somewhere, and the links between them."""
    near = {policy}
    for standing in found.standings:
        winners = {winner for claim in standing.claims for winner, _ in claim.beaten_by}
        if standing.policy.name == policy:
            near |= winners
        elif policy in winners:
            near.add(standing.policy.name)
    links = [link for link in found.links if policy in (link.over, link.under)]
    near |= {name for link in links for name in (link.over, link.under)}
    standings = tuple(one for one in found.standings if one.policy.name in near)
    between = tuple(link for link in found.links if {link.over, link.under} <= near)
    return PolicyOverlap(standings, between, found.pairs)


class _Tally:
    """Counts wins and losses, a set of policies that match together at a time."""

    def __init__(self, resolver: Resolver) -> None:
        self._policies = resolver.policies
        self._values = {
            policy.name: {setting.name: setting for setting in policy.settings} for policy in self._policies
        }
        self._priority = {policy.name: policy.priority for policy in self._policies}
        self._rank = {policy.name: rank for rank, policy in enumerate(self._policies)}
        self._matched: Counter[str] = Counter()
        self._beaten: dict[tuple[str, str], Counter[str]] = {}
        self._decides: Counter[tuple[str, str]] = Counter()
        self._tied: Counter[tuple[str, str]] = Counter()
        self._links: Counter[tuple[str, str, str]] = Counter()

    def add(self, names: tuple[str, ...], times: int) -> None:
        """Count policies that match together, best first, in a number of pairs."""
        for name in names:
            self._matched[name] += times
        for setting in SETTING_NAMES:
            ladder = [name for name in names if setting in self._values[name]]
            if not ladder:
                continue
            winner = ladder[0]
            self._decides[(winner, setting)] += times
            for name in ladder[1:]:
                self._beaten.setdefault((name, setting), Counter())[winner] += times
                if self._tie(winner, name, setting):
                    self._tied[(name, setting)] += times
            if any(self._tie(winner, name, setting) for name in ladder[1:]):
                self._tied[(winner, setting)] += times
            for over, under in pairwise(ladder):
                self._links[(over, under, setting)] += times

    def standings(self) -> tuple[Standing, ...]:
        """Return every policy, those that match nothing included."""
        return tuple(
            Standing(policy, self._matched[policy.name], tuple(self._claims(policy))) for policy in self._policies
        )

    def links(self) -> tuple[Link, ...]:
        """Return who stands directly over whom."""
        order = {name: number for number, name in enumerate(SETTING_NAMES)}
        found = sorted(
            self._links.items(), key=lambda one: (self._rank[one[0][0]], self._rank[one[0][1]], order[one[0][2]])
        )
        return tuple(
            Link(over, under, setting, times, self._agree(over, under, setting), self._tie(over, under, setting))
            for (over, under, setting), times in found
        )

    def _claims(self, policy: Policy) -> Iterable[Claim]:
        for setting in SETTING_NAMES:
            if setting in self._values[policy.name]:
                key = (policy.name, setting)
                beaten = sorted(self._beaten.get(key, {}).items(), key=lambda one: (-one[1], self._rank[one[0]]))
                value = self._values[policy.name][setting].value
                yield Claim(setting, value, self._decides[key], tuple(beaten), self._tied[key])

    def _agree(self, one: str, other: str, setting: str) -> bool:
        return self._values[one][setting].value == self._values[other][setting].value

    def _tie(self, one: str, other: str, setting: str) -> bool:
        return self._priority[one] == self._priority[other] and not self._agree(one, other, setting)
