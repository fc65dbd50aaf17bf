"""The merge, against the oracle and by example."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from engine.model.attributes import Attribute, Subject
from engine.model.conditions import ALWAYS, Conjunction, Disjunction, Membership, Negation
from engine.model.entities import Environment, EnvironmentKind, Flow, Policy, Product, Setting, Step
from engine.model.settings import SETTING_NAMES
from engine.model.values import Action, NoWorkflow, Seconds, Workflow
from engine.model.workspace import PriorityOrder, Workspace
from engine.resolve import Decision, Effective, InlineOrigin, PolicyOrigin, Resolver
from engine.resolve.facts import given
from engine.resolve.rows import MOST_ROWS, rows
from tests.engine.resolve import oracle
from tests.engine.resolve.random_workspaces import workspace

SEEDS = 1200


def decisions(space: Workspace) -> Iterator[Decision]:
    resolver = Resolver(space)
    for product in space.products:
        for environment in space.environments:
            yield resolver.decide(product, environment)


def summary(decision: Decision) -> dict[str, tuple[object, object]]:
    return {name: (found.value, found.origin) for name, found in decision.effective.items()}


@pytest.mark.parametrize("order", PriorityOrder)
def test_the_merge_agrees_with_looking_at_every_policy(order: PriorityOrder) -> None:
    settled = ambiguous = 0
    for seed in range(SEEDS):
        space = workspace(seed, order)
        for decision in decisions(space):
            product, environment = space.products[decision.product], space.environments[decision.environment]
            expected = oracle.merged(space, product, environment)
            got = {
                name: (found.value, found.origin.policy)
                for name, found in decision.effective.items()
                if isinstance(found.origin, PolicyOrigin)
            }
            assert got == expected, seed
            assert list(got) == [name for name in SETTING_NAMES if name in got], seed
            assert {policy.name for policy in decision.matching} == oracle.matching(space, product, environment), seed
            ties = {tie.setting: {name_of(other) for other in tie.others} for tie in decision.ambiguous}
            assert ties == oracle.ambiguities(space, product, environment), seed
            settled += len(got)
            ambiguous += len(ties)
    # The comparison must not be about nothing.
    assert settled > SEEDS
    assert ambiguous > SEEDS / 10


def name_of(effective: Effective) -> str:
    assert isinstance(effective.origin, PolicyOrigin)
    return effective.origin.policy


def test_the_order_of_declaration_changes_nothing() -> None:
    for seed in range(100):
        space = workspace(seed)
        turned = replace(space, policies=dict(reversed(list(space.policies.items()))))
        assert [summary(found) for found in decisions(space)] == [summary(found) for found in decisions(turned)]


def test_losers_come_best_first() -> None:
    for seed in range(200):
        space = workspace(seed)
        for decision in decisions(space):
            for name, winner in decision.effective.items():
                ranked = [winner, *decision.losers(name)]
                keys = [(-found.origin.priority, name_of(found)) for found in ranked if name_of(found)]  # type: ignore[union-attr]
                assert keys == sorted(keys)
                setters = {policy.name for policy in decision.matching if any(s.name == name for s in policy.settings)}
                assert {name_of(found) for found in ranked} == setters


# --- by example ----------------------------------------------------------------------------------

KIND = Attribute(Subject.ENVIRONMENT, "kind")
TEAM = Attribute(Subject.PRODUCT, "labels", "team")
NAME = Attribute(Subject.PRODUCT, "name")
PROD = Membership(KIND, ("prod",))


def space_of(*policies: Policy, order: PriorityOrder = PriorityOrder.HIGHEST_WINS, **more: object) -> Workspace:
    return Workspace(
        products={"trio": Product("trio")},
        environments={
            "qa": Environment("qa", EnvironmentKind.NON_PROD),
            "prod": Environment("prod", EnvironmentKind.PROD),
        },
        policies={policy.name: policy for policy in policies},
        priority_order=order,
        **more,  # type: ignore[arg-type]
    )


def test_each_setting_comes_from_the_best_policy_that_sets_it() -> None:
    space = space_of(
        Policy("low", 1, ALWAYS, (Setting("action", Action.COMMIT), Setting("soak", Seconds(60)))),
        Policy("high", 2, PROD, (Setting("action", Action.PR),)),
    )

    decision = Resolver(space).decide("trio", "prod")

    assert decision.effective == {
        "action": Effective(Action.PR, PolicyOrigin("high", 2)),
        "soak": Effective(Seconds(60), PolicyOrigin("low", 1)),
    }
    assert decision.losers("action") == (Effective(Action.COMMIT, PolicyOrigin("low", 1)),)
    assert Resolver(space).decide("trio", "qa").value("action") is Action.COMMIT


def test_the_workspace_can_let_the_lowest_number_win() -> None:
    policies = (
        Policy("one", 1, ALWAYS, (Setting("action", Action.COMMIT),)),
        Policy("two", 2, ALWAYS, (Setting("action", Action.PR),)),
    )

    lowest = Resolver(space_of(*policies, order=PriorityOrder.LOWEST_WINS)).decide("trio", "qa")

    assert lowest.value("action") is Action.COMMIT
    assert Resolver(space_of(*policies)).decide("trio", "qa").value("action") is Action.PR


def test_none_is_a_value_that_wins_and_means_no_workflow() -> None:
    space = space_of(
        Policy("low", 1, ALWAYS, (Setting("pre-action", Workflow("smoke")),)),
        Policy("high", 2, PROD, (Setting("pre-action", NoWorkflow()),)),
        Policy("named", 3, Membership(KIND, ("non-prod",)), (Setting("pre-action", Workflow("none")),)),
    )
    resolver = Resolver(space)

    prod, qa = resolver.decide("trio", "prod"), resolver.decide("trio", "qa")

    assert prod.value("pre-action") == NoWorkflow()
    assert prod.workflow("pre-action") is None
    assert qa.workflow("pre-action") == Workflow("none")
    assert qa.workflow("post-action") is None
    assert qa.value("post-action") is None


def test_a_tie_goes_to_the_first_name_and_is_reported() -> None:
    space = space_of(
        Policy("b", 5, ALWAYS, (Setting("action", Action.PR),)),
        Policy("a", 5, ALWAYS, (Setting("action", Action.COMMIT),)),
        Policy("same", 5, ALWAYS, (Setting("action", Action.COMMIT),)),
        Policy("lower", 4, ALWAYS, (Setting("action", Action.NONE),)),
    )

    decision = Resolver(space).decide("trio", "qa")

    (tie,) = decision.ambiguous
    assert (tie.setting, name_of(tie.winner), [name_of(other) for other in tie.others]) == ("action", "a", ["b"])


def test_a_tie_below_the_winner_is_masked() -> None:
    space = space_of(
        Policy("b", 5, ALWAYS, (Setting("action", Action.PR),)),
        Policy("a", 5, ALWAYS, (Setting("action", Action.COMMIT),)),
        Policy("over", 6, PROD, (Setting("action", Action.NONE),)),
    )
    resolver = Resolver(space)

    assert resolver.decide("trio", "prod").ambiguous == ()
    assert resolver.decide("trio", "qa", inline=(Setting("action", Action.PR),)).ambiguous == ()
    assert len(resolver.decide("trio", "qa").ambiguous) == 1


def test_inline_settings_win_over_every_policy() -> None:
    flow = Flow(
        "standard",
        "qa",
        (Step("prod", ("qa",), (Setting("pre-action", Workflow("ticket")), Setting("soak", Seconds(1)))),),
        (Setting("post-action", Workflow("unit")),),
    )
    space = space_of(
        Policy("p", 999, ALWAYS, (Setting("soak", Seconds(60)), Setting("action", Action.PR))), flows={"standard": flow}
    )
    resolver = Resolver(space)

    decision = resolver.decide("trio", "prod", flow="standard")

    assert list(decision.effective.items()) == [
        ("pre-action", Effective(Workflow("ticket"), InlineOrigin("standard"))),
        ("action", Effective(Action.PR, PolicyOrigin("p", 999))),
        ("soak", Effective(Seconds(1), InlineOrigin("standard"))),
    ]
    assert decision.losers("soak") == (Effective(Seconds(60), PolicyOrigin("p", 999)),)
    assert resolver.decide("trio", "qa", flow="standard").workflow("post-action") == Workflow("unit")
    by_hand = resolver.decide("trio", "prod", inline=(Setting("soak", Seconds(2)),))
    assert by_hand.effective["soak"] == Effective(Seconds(2), InlineOrigin(None))
    assert resolver.decide("trio", "prod", inline=(), flow="standard").value("soak") == Seconds(60)
    # What one decision was overridden with must not leak into the next.
    assert resolver.decide("trio", "prod").value("soak") == Seconds(60)


def test_products_and_environments_that_are_not_declared_can_be_asked_for() -> None:
    space = space_of(
        Policy("payments", 1, Conjunction((Membership(TEAM, ("payments",)), PROD)), (Setting("action", Action.PR),))
    )
    resolver = Resolver(space)
    imagined = given([(NAME, "ghost"), (TEAM, "payments")])
    somewhere = given([(KIND, "prod")])

    assert resolver.decide(imagined, "prod").value("action") is Action.PR
    assert resolver.decide(imagined, "prod").product == "ghost"
    assert resolver.decide(imagined, somewhere).value("action") is Action.PR
    assert resolver.decide("trio", somewhere).effective == {}
    with pytest.raises(KeyError):
        resolver.decide("ghost", "prod")


def test_a_condition_that_cannot_be_taken_apart_is_asked_as_a_whole() -> None:
    pairs = [
        Disjunction((Membership(Attribute(Subject.PRODUCT, "labels", f"k{n}"), ("x",)), Membership(KIND, ("prod",))))
        for n in range(MOST_ROWS.bit_length())
    ]
    condition = Conjunction((*pairs, Negation(Membership(NAME, ("other",)))))
    assert any(row.rest != ALWAYS for row in rows(condition))
    space = space_of(Policy("p", 1, condition, (Setting("action", Action.PR),)))
    resolver = Resolver(space)

    assert resolver.decide("trio", "prod").value("action") is Action.PR
    assert resolver.decide("trio", "qa").effective == {}
    assert resolver.decide("trio", "qa").matching == ()


def test_a_policy_that_matches_in_two_ways_is_one_policy() -> None:
    either = Disjunction((Membership(NAME, ("trio",)), PROD))
    space = space_of(Policy("p", 1, either, (Setting("action", Action.PR),)))

    decision = Resolver(space).decide("trio", "prod")

    assert [policy.name for policy in decision.matching] == ["p"]
    assert decision.losers("action") == ()
    assert decision.ambiguous == ()


def test_a_workspace_without_policies_decides_nothing() -> None:
    decision = Resolver(space_of()).decide("trio", "prod")

    assert decision.effective == {}
    assert decision.matching == ()
    assert repr(decision) == "Decision('trio', 'prod', {})"


# --- cost ----------------------------------------------------------------------------------------


def grown(count: int) -> Workspace:
    """Return a workspace where the number of policies that match a pair does not depend on ``count``."""
    region = Attribute(Subject.ENVIRONMENT, "labels", "region")
    place = Attribute(Subject.ENVIRONMENT, "name")
    few = [
        Policy("everywhere", 1, ALWAYS, (Setting("action", Action.COMMIT),)),
        Policy("prod", 2, PROD, (Setting("action", Action.PR),)),
        Policy("mine", 3, Membership(NAME, ("trio",)), (Setting("soak", Seconds(1)),)),
        Policy("either", 4, Disjunction((Membership(TEAM, ("x",)), PROD)), (Setting("soak", Seconds(2)),)),
    ]
    others = [
        Policy(
            f"other-{number}",
            number % 50,
            Conjunction(
                (
                    Membership(NAME, (f"product-{number}",)),
                    Negation(Membership(TEAM, (f"team-{number}",))),
                    Membership(place, (f"environment-{number}",)),
                    Negation(Membership(region, (f"region-{number}",))),
                )
            ),
            (Setting("action", Action.NONE), Setting("soak", Seconds(number))),
        )
        for number in range(count)
    ]
    return space_of(*few, *others)


def test_what_a_decision_looks_at_does_not_grow_with_the_policies_that_cannot_match() -> None:
    looked_at = []
    for count in (10, 100, 1000):
        resolver = Resolver(grown(count))
        resolver.decide("trio", "qa")
        before = resolver.evaluations
        fresh = resolver.decide(given([(NAME, "another"), (TEAM, "x")]), given([(KIND, "prod")]))
        looked_at.append(resolver.evaluations - before)
        assert fresh.value("soak") == Seconds(2)
    assert len(set(looked_at)) == 1
    assert looked_at[0] > 0


def test_a_pair_of_known_sides_evaluates_nothing() -> None:
    resolver = Resolver(grown(100))
    resolver.decide("trio", "qa")
    resolver.decide("trio", "prod")
    before = resolver.evaluations

    resolver.decide("trio", "qa")

    assert resolver.evaluations == before
    assert before > 0
