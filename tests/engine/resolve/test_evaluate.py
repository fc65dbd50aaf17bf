"""Conditions asked of facts, against the oracle and kind by kind."""

from __future__ import annotations

from random import Random

import pytest

from engine.model.argo import Application
from engine.model.attributes import Attribute, Subject
from engine.model.conditions import (
    ALWAYS,
    Bound,
    Condition,
    Conjunction,
    Disjunction,
    Matching,
    Membership,
    Negation,
    PassedThrough,
)
from engine.model.values import Approvals, NoWorkflow, Seconds, Workflow
from engine.resolve import CommitFacts, Facts, evaluate, why_not
from engine.resolve.facts import (
    application_facts,
    commit_facts,
    environment_facts,
    flow_facts,
    passed_facts,
    product_facts,
    setting_facts,
)
from engine.resolve.facts import given as given_facts
from grammar.span import Span
from tests.engine.resolve import oracle
from tests.engine.resolve.random_workspaces import condition, workspace

KIND = Attribute(Subject.ENVIRONMENT, "kind")
ENVIRONMENT = Attribute(Subject.ENVIRONMENT, "name")
TAGS = Attribute(Subject.PRODUCT, "tags")
TEAM = Attribute(Subject.PRODUCT, "labels", "team")
SOAK = Attribute(Subject.SETTING, "soak")
APPROVALS = Attribute(Subject.SETTING, "approvals")
PRE_ACTION = Attribute(Subject.SETTING, "pre-action")
MESSAGE = Attribute(Subject.COMMIT, "message")
REVISION = Attribute(Subject.COMMIT, "revision")
BRANCH = Attribute(Subject.COMMIT, "branch")
FLOW = Attribute(Subject.FLOW, "name")


def test_random_conditions_agree_with_the_oracle_and_have_a_reason_exactly_when_they_fail() -> None:
    held = failed = 0
    for seed in range(1000):
        space = workspace(seed)
        asked = condition(Random(seed), 4)
        for product in space.products.values():
            for environment in space.environments.values():
                facts = product_facts(product).overlaid(environment_facts(environment))
                expected = oracle.holds(asked, product, environment)
                assert evaluate(asked, facts) == expected, seed
                assert bool(why_not(asked, facts)) != expected, seed
                held, failed = held + expected, failed + (not expected)
    assert min(held, failed) > 500


@pytest.mark.parametrize(
    ("asked", "facts", "expected"),
    [
        (ALWAYS, Facts(), True),
        (Negation(ALWAYS), Facts(), False),
        (Membership(TEAM, ("x",)), Facts(), False),
        (Negation(Membership(TEAM, ("x",))), Facts(), True),
        (Negation(Matching(TEAM, ("*",))), Facts(), True),
        (Membership(TAGS, ("x",)), given_facts([(TAGS, "a"), (TAGS, "x")]), True),
        (Negation(Membership(TAGS, ("x",))), given_facts([(TAGS, "a"), (TAGS, "x")]), False),
        (Matching(TEAM, ("pay*",)), given_facts([(TEAM, "Payments")]), False),
        (Bound(SOAK, ">=", 60), setting_facts({"soak": Seconds(60)}), True),
        (Bound(SOAK, ">", 60), setting_facts({"soak": Seconds(60)}), False),
        (Bound(SOAK, "<=", 60), setting_facts({"soak": Seconds(60)}), True),
        (Bound(SOAK, "<", 60), setting_facts({"soak": Seconds(60)}), False),
        (Bound(APPROVALS, ">=", 2), setting_facts({"approvals": Approvals(2, ("sre",))}), True),
        (Bound(SOAK, ">=", 0), Facts(), False),
        (Bound(TEAM, ">=", 0), given_facts([(TEAM, "12")]), False),
        (Membership(PRE_ACTION, (NoWorkflow(),)), setting_facts({"pre-action": NoWorkflow()}), True),
        (Membership(PRE_ACTION, ("none",)), setting_facts({"pre-action": NoWorkflow()}), False),
        (Membership(PRE_ACTION, ("none",)), setting_facts({"pre-action": Workflow("none")}), True),
        (Matching(PRE_ACTION, ("*",)), setting_facts({"pre-action": NoWorkflow()}), False),
        (PassedThrough("qa"), passed_facts(["dev", "qa"]), True),
        (PassedThrough("qa"), passed_facts(["dev"]), False),
        (Membership(FLOW, ("hotfix",)), flow_facts("hotfix"), True),
        (Negation(Membership(FLOW, ("hotfix",))), flow_facts(None), True),
    ],
)
def test_each_kind_of_condition(asked: Condition, facts: Facts, expected: bool) -> None:
    assert evaluate(asked, facts) is expected
    assert (why_not(asked, facts) == ()) is expected


def test_an_application_s_labels_stand_over_its_annotations() -> None:
    application = Application("a", labels={"k": "label"}, annotations={"k": "annotation", "only": "here"})
    facts = application_facts(application)

    assert facts.of(Attribute(Subject.APPLICATION, "labels", "k")) == ("label",)
    assert facts.of(Attribute(Subject.APPLICATION, "labels", "only")) == ("here",)
    assert facts.of(Attribute(Subject.APPLICATION, "name")) == ("a",)


def test_a_commit_s_revision_is_each_branch_and_tag_and_its_name() -> None:
    facts = commit_facts(CommitFacts("fix", ("main", "rc"), ("v1",), "c" * 40, "Ada <ada@example.com>"))

    assert facts.of(REVISION) == ("main", "rc", "v1", "c" * 40)
    assert facts.of(BRANCH) == ("main", "rc")
    assert facts.of(Attribute(Subject.COMMIT, "author")) == ("Ada <ada@example.com>",)
    assert commit_facts(CommitFacts("fix")).of(REVISION) == ()


def test_facts_are_overlaid_attribute_by_attribute() -> None:
    declared = Facts({TEAM: ("core",), TAGS: ("a", "b")}, frozenset({"dev"}))
    found = declared.overlaid(given_facts([(TAGS, "c")]), passed_facts(["qa"]))

    assert (found.of(TEAM), found.of(TAGS)) == (("core",), ("c",))
    assert found.passed == frozenset({"dev", "qa"})
    assert declared.of(TAGS) == ("a", "b")


# --- reasons -------------------------------------------------------------------------------------

PROD = Membership(KIND, ("prod",), Span(1, 2, "p"))
PAYMENTS = Membership(TEAM, ("payments", "cards"), Span(3, 4, "p"))
QA = given_facts([(KIND, "non-prod"), (ENVIRONMENT, "qa"), (TAGS, "a"), (TAGS, "b")])


@pytest.mark.parametrize(
    ("asked", "messages"),
    [
        (PROD, ["`environment.kind` is non-prod, not prod"]),
        (PAYMENTS, ["`product.labels.team` is not set; it would have to be `payments` or `cards`"]),
        (Conjunction((PROD, Membership(TAGS, ("a",)))), ["`environment.kind` is non-prod, not prod"]),
        (
            Conjunction((PROD, PAYMENTS)),
            [
                "`environment.kind` is non-prod, not prod",
                "`product.labels.team` is not set; it would have to be `payments` or `cards`",
            ],
        ),
        (
            Disjunction((PROD, Membership(TAGS, ("c",)))),
            ["`environment.kind` is non-prod, not prod, and `product.tags` holds `a` and `b`, not `c`"],
        ),
        (Negation(Membership(TAGS, ("a",))), ["`product.tags` holds `a`, which is excluded"]),
        (Matching(ENVIRONMENT, ("prod-*",)), ["`environment.name` is `qa`, which does not match `prod-*`"]),
        (Matching(TEAM, ("x*",)), ["`product.labels.team` is not set; it would have to match `x*`"]),
        (Negation(Matching(ENVIRONMENT, ("q*",))), ["`environment.name` is `qa`, and what matches `q*` is excluded"]),
        (Bound(SOAK, ">=", 7200), ["`soak` is not set; it would have to be >= 2h"]),
        (PassedThrough("qa"), ["the change does not pass `qa` before"]),
        (Negation(Negation(PROD)), ["`environment.kind` is non-prod, not prod"]),
        (
            Negation(Conjunction((Membership(KIND, ("non-prod",)), Membership(TAGS, ("a",))))),
            ["`environment.kind` is non-prod, which is excluded, and `product.tags` holds `a`, which is excluded"],
        ),
    ],
)
def test_the_smallest_failing_parts_in_words(asked: Condition, messages: list[str]) -> None:
    assert [reason.message for reason in why_not(asked, QA)] == messages


def test_a_reason_says_where_the_failing_part_stands() -> None:
    spans = [reason.span for reason in why_not(Conjunction((PROD, PAYMENTS)), QA)]

    assert spans == [Span(1, 2, "p"), Span(3, 4, "p")]


def test_long_values_are_cut_in_reasons() -> None:
    many = given_facts([(TAGS, f"t{number}") for number in range(9)])
    (reason,) = why_not(Membership(TAGS, ("x",)), many)
    assert reason.message == "`product.tags` holds `t0`, `t1`, `t2`, `t3`, `t4` and 4 more, not `x`"

    (reason,) = why_not(Membership(MESSAGE, ("x",)), commit_facts(CommitFacts("subject\n\nbody")))
    assert reason.message == "`message` is `subject ...`, not `x`"
