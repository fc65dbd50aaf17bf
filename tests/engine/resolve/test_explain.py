"""The reasoning behind a decision."""

from __future__ import annotations

from engine.model.attributes import Attribute, Subject
from engine.model.conditions import ALWAYS, Membership
from engine.model.entities import Environment, EnvironmentKind, Flow, Policy, Product, Setting, Step
from engine.model.settings import SETTING_NAMES
from engine.model.values import Action, Seconds
from engine.model.workspace import PriorityOrder, Workspace
from engine.resolve import InlineOrigin, PolicyOrigin, Resolver, explain_pair
from tests.engine.resolve import oracle
from tests.engine.resolve.random_workspaces import workspace

PROD = Membership(Attribute(Subject.ENVIRONMENT, "kind"), ("prod",))
SPACE = Workspace(
    products={"trio": Product("trio")},
    environments={"qa": Environment("qa", EnvironmentKind.NON_PROD)},
    policies={
        policy.name: policy
        for policy in (
            Policy("default", 0, ALWAYS, (Setting("action", Action.COMMIT), Setting("soak", Seconds(1)))),
            Policy("reviewed", 9, PROD, (Setting("action", Action.PR),)),
            Policy("equal", 0, ALWAYS, (Setting("soak", Seconds(2)),)),
        )
    },
    flows={"standard": Flow("standard", "dev", (Step("qa", ("dev",), (Setting("action", Action.PR),)),))},
)


def test_winners_losers_ties_and_reasons() -> None:
    explanation = explain_pair(Resolver(SPACE), "trio", "qa", "standard")

    action, soak = explanation.settings
    assert (action.name, action.winner.origin, action.ties) == ("action", InlineOrigin("standard"), ())
    assert [loser.origin for loser in action.losers] == [PolicyOrigin("default", 0)]
    assert (soak.winner.origin, [tie.origin for tie in soak.ties]) == (
        PolicyOrigin("default", 0),
        [PolicyOrigin("equal", 0)],
    )
    assert soak.losers == soak.ties
    assert [policy.name for policy in explanation.matched] == ["default", "equal"]
    (reviewed,) = explanation.unmatched
    assert reviewed.policy.name == "reviewed"
    assert [reason.message for reason in reviewed.reasons] == ["`environment.kind` is non-prod, not prod"]
    assert explanation.unset == tuple(name for name in SETTING_NAMES if name not in ("action", "soak"))


def test_every_policy_either_matches_or_has_a_reason() -> None:
    for seed in range(200):
        space = workspace(seed, PriorityOrder.LOWEST_WINS)
        resolver = Resolver(space)
        for product in space.products.values():
            for environment in space.environments.values():
                explanation = explain_pair(resolver, product.name, environment.name)
                matched = {policy.name for policy in explanation.matched}
                assert matched == oracle.matching(space, product, environment)
                assert matched | {found.policy.name for found in explanation.unmatched} == set(space.policies)
                assert all(found.reasons for found in explanation.unmatched)
