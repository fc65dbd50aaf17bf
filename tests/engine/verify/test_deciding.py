"""Who decides a setting for the declared products of an environment: the same as the resolver, pair by pair."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.model.attributes import Attribute, Subject
from engine.model.conditions import Bound, Matching, Membership
from engine.model.settings import SETTING_NAMES
from engine.model.workspace import Workspace
from engine.resolve import Resolver
from engine.resolve.decision import PolicyOrigin
from engine.resolve.evaluation import evaluate
from engine.resolve.facts import setting_facts
from engine.resolve.side_index import rows_of
from engine.verify.deciding import Deciders, setting_of
from engine.verify.points import Side, side
from engine.verify.question import Questions
from tests.support.verify_workspaces import ACTION, PRE_ACTION, verify_workspace

APPROVALS = Attribute(Subject.SETTING, "approvals")
TESTS = (
    Membership(ACTION, ("pr",)),
    Matching(PRE_ACTION, ("check-1*",)),
    Bound(APPROVALS, ">=", 2),
    Membership(ACTION, ("none",)),
)


@pytest.fixture(params=[(40, False), (120, True)], ids=["plain", "negations"])
def workspace(request: pytest.FixtureRequest) -> Workspace:
    policies, negations = request.param
    return verify_workspace(policies, negations=negations)


def test_the_winners_of_an_environment_are_those_of_the_resolver(workspace: Workspace) -> None:
    questions = Questions(workspace)
    deciders, resolver = Deciders(questions), Resolver(workspace)
    compared = 0
    for environment in questions.declared.environments:
        for setting in SETTING_NAMES:
            expected: dict[str, str] = {}
            for product in workspace.products:
                effective = resolver.decide(product, environment.name).effective.get(setting)
                if effective is not None:
                    assert isinstance(effective.origin, PolicyOrigin)
                    expected[product] = effective.origin.policy
            found = {
                product.name: questions.index.policies[number].name
                for number, products in deciders.winners(environment, setting)
                for product in questions.declared.members(products)
            }
            assert found == expected
            compared += len(expected)
    assert compared > 100


@pytest.mark.parametrize("test", TESTS, ids=str)
def test_what_policies_say_about_a_test_is_what_their_values_come_to(
    workspace: Workspace, test: Membership | Matching | Bound
) -> None:
    index = Questions(workspace).index
    name = setting_of(test)
    values = [{setting.name: setting.value for setting in policy.settings}.get(name) for policy in index.policies]
    expected = {
        number
        for number, value in enumerate(values)
        if value is not None and evaluate(test, setting_facts({name: value}))
    }

    said = Deciders(Questions(workspace)).said(test)

    assert said.yes == expected
    assert {index.owner[row] for row in rows_of(said.rows)} == expected
    assert all(said.rows & index.bits[number] == index.bits[number] for number in expected)


def test_sides_that_are_equal_hash_alike_and_others_are_other_keys() -> None:
    team = Attribute(Subject.PRODUCT, "labels", "team")
    first, same = (side(Subject.PRODUCT, "trio", {team: ("a",)}) for _ in range(2))
    other: Side = replace(first, values=side(Subject.PRODUCT, "trio", {team: ("b",)}).values)

    assert first == same
    assert hash(first) == hash(same)
    assert {first: 1, other: 2} == {same: 1, other: 2}
    assert first != other
