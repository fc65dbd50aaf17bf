"""Judgements about conditions, held against trying every value."""

from __future__ import annotations

from itertools import product as combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.lint.condition_logic import certain, impossible, wider
from engine.model.attributes import POLICY_SCOPE, REQUIRE_THAT_SCOPE, TRIGGER_SCOPE, Scope
from engine.model.check import check_condition
from engine.model.conditions import ALWAYS, Condition, Conjunction, Disjunction, Membership, Negation
from engine.model.glob import matches
from engine.model.values import Scalar
from engine.resolve.evaluation import evaluate
from engine.resolve.facts import Facts
from grammar import nodes
from grammar.parser import parse
from tests.support.condition_strategies import KIND, LABEL, NAME, TAGS, VALUES, conditions


def condition(text: str, scope: Scope = POLICY_SCOPE) -> Condition:
    (policy,) = parse(f"policy p {{ when {text} }}").file.declarations
    assert isinstance(policy, nodes.Policy)
    (when,) = policy.items
    assert isinstance(when, nodes.When)
    made = check_condition(when.condition, scope).condition
    assert made is not None
    return made


IMPOSSIBLE = [
    "environment.name == a and environment.name == b",
    "environment.name in [a, b] and environment.name not in [b, a]",
    'environment.name matches "prod-*" and environment.name == staging',
    'environment.name matches "prod-*" and environment.name matches "dev-*"',
    'environment.name matches "*-eu" and environment.name matches "*-us"',
    'environment.name matches "prod-eu-*" and environment.name not matches "prod-*"',
    "environment.kind != prod and environment.kind != non-prod",
    "not environment.kind in [prod, non-prod]",
    'product.labels.team == "a" and product.labels.team != "a"',
    "product.tags in [a] and product.tags not in [a, b]",
    "(environment.kind == prod or environment.kind == non-prod) and environment.name == a and environment.name != a",
    'environment.name not matches "*"',
]
POSSIBLE = [
    "environment.name == a",
    "product.tags in [a] and product.tags in [b]",
    "product.tags in [a, b] and product.tags not in [a]",
    'product.labels.team != "a" and product.labels.team != "b"',
    'product.labels.team not matches "*"',
    'environment.name matches "prod-*" and environment.name matches "*-eu"',
    'environment.name matches "prod-*" and environment.name not matches "prod-eu-*"',
    "environment.kind == prod or environment.name == a and environment.name == b",
]
CONSTANT = [
    "environment.kind in [prod, non-prod]",
    "environment.kind == prod or environment.kind != prod",
    "environment.name == a or environment.name != a",
    'environment.name matches "*"',
]


@pytest.mark.parametrize("text", IMPOSSIBLE)
def test_impossible(text: str) -> None:
    assert impossible(condition(text), named=True)


@pytest.mark.parametrize("text", [*POSSIBLE, *CONSTANT])
def test_possible(text: str) -> None:
    assert not impossible(condition(text), named=True)


@pytest.mark.parametrize("text", CONSTANT)
def test_constant(text: str) -> None:
    assert certain(condition(text), named=True)


@pytest.mark.parametrize("text", [*IMPOSSIBLE, *POSSIBLE])
def test_not_constant(text: str) -> None:
    assert not certain(condition(text), named=True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("soak >= 2h and soak < 1h", True),
        ("soak > 2h and not soak > 2h", True),
        ("approvals >= 2 and approvals <= 2", False),
        ("approvals < 0", True),
        ("not approvals >= 1 and not approvals < 1", False),
        ("action == pr and action == commit", True),
        ("action != pr and action != commit and action != none", False),
        ("passed qa and not passed qa", True),
        ("passed qa and passed dev", False),
        ("pre-action == a and pre-action == none", True),
    ],
)
def test_settings(text: str, expected: bool) -> None:
    assert impossible(condition(text, REQUIRE_THAT_SCOPE), named=True) is expected


def test_a_commit_has_one_message_and_many_branches() -> None:
    assert impossible(condition('message == "a" and message == "b"', TRIGGER_SCOPE), named=False)
    assert not impossible(condition('branch == "a" and branch == "b"', TRIGGER_SCOPE), named=False)


def test_what_is_too_large_is_left_alone() -> None:
    one = Disjunction((Membership(NAME, ("a",)), Membership(KIND, ("prod",))))
    large = Conjunction((*[one] * 9, Membership(NAME, ("x",)), Membership(NAME, ("y",))))
    assert not impossible(large, named=True)


SINGLE: tuple[tuple[Scalar, ...], ...] = ((), *((value,) for value in VALUES), ("zz",))
MANY: tuple[tuple[Scalar, ...], ...] = ((), ("a",), ("ab", "ba"), ("a", "b", "bab"), ("zz",), VALUES)
WORLDS = [
    Facts({NAME: name, KIND: (kind,), LABEL: label, TAGS: tags})
    for name, kind, label, tags in combinations(SINGLE[1:], ("prod", "non-prod"), SINGLE, MANY)
]


@given(conditions)
def test_what_is_judged_is_true_of_every_world(found: Condition) -> None:
    """The judgement may miss something; it is never wrong."""
    if impossible(found, named=True):
        assert not any(evaluate(found, world) for world in WORLDS)
    if certain(found, named=True):
        assert all(evaluate(found, world) for world in WORLDS)


@given(conditions, st.booleans())
def test_what_is_certain_is_what_cannot_fail(found: Condition, named: bool) -> None:
    """A glance decides most conditions; it says what taking them apart would."""
    assert certain(found, named=named) == (found != ALWAYS and impossible(Negation(found), named=named))


@given(st.text("ab*", max_size=5), st.text("ab*", max_size=5), st.text("ab", max_size=6))
def test_a_wider_pattern_matches_whatever_the_narrower_does(glob: str, other: str, text: str) -> None:
    if wider(glob, other) and matches(other, text):
        assert matches(glob, text)
