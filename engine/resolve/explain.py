"""The reasoning behind a decision: who won, who lost to whom, and why every other policy did not match.

Unlike a decision this looks at every policy, since each one gets its reason.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.model.entities import Policy
from engine.model.settings import SETTING_NAMES
from engine.resolve.decision import Effective
from engine.resolve.facts import Facts
from engine.resolve.reasons import Reason, why_not
from engine.resolve.resolver import Resolver


@dataclass(frozen=True, slots=True)
class SettingReasoning:
    """How one setting came about.

    Attributes:
        name: the setting's name.
        winner: what is in force.
        losers: what lost to it, best first; under an inline setting, all policies that set it.
        ties: those of the losers that only their name kept from winning, with another value.
    """

    name: str
    winner: Effective
    losers: tuple[Effective, ...] = ()
    ties: tuple[Effective, ...] = ()


@dataclass(frozen=True, slots=True)
class NotMatched:
    """A policy that does not match, and why; each reason suffices alone."""

    policy: Policy
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """The whole reasoning of one pair.

    Attributes:
        product: the product's name.
        environment: the environment's name.
        flow: the flow whose inline settings count; None for none.
        settings: those that something sets, in the order of the registry.
        unset: the names of those that nothing sets, in the same order.
        matched: the policies that match, best first.
        unmatched: all others, best first.
    """

    product: str
    environment: str
    flow: str | None
    settings: tuple[SettingReasoning, ...]
    unset: tuple[str, ...]
    matched: tuple[Policy, ...]
    unmatched: tuple[NotMatched, ...]


def explain_pair(
    resolver: Resolver, product: str | Facts, environment: str | Facts, flow: str | None = None
) -> Explanation:
    """Explain a pair's effective settings.

    Args:
        resolver: of the workspace.
        product: a declared product's name, or the facts of one that need not be declared.
        environment: the same for the target environment.
        flow: a declared flow whose inline settings for the environment win over every policy.

    Raises:
        KeyError: for a name that is not declared.
    """
    decision = resolver.decide(product, environment, flow=flow)
    ties = {ambiguity.setting: ambiguity.others for ambiguity in decision.ambiguous}
    settings = tuple(
        SettingReasoning(name, winner, decision.losers(name), ties.get(name, ()))
        for name, winner in decision.effective.items()
    )
    matched = decision.matching
    names = {policy.name for policy in matched}
    facts = resolver.facts_of(product, environment)
    unmatched = tuple(
        NotMatched(policy, why_not(policy.when, facts)) for policy in resolver.policies if policy.name not in names
    )
    unset = tuple(name for name in SETTING_NAMES if name not in decision.effective)
    return Explanation(decision.product, decision.environment, flow, settings, unset, matched, unmatched)
