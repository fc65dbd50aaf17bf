"""Which flow a commit triggers."""

from __future__ import annotations

import pytest

from engine.model.attributes import Attribute, Subject
from engine.model.conditions import Conjunction, Matching, Membership, Negation
from engine.model.entities import Flow, FlowUse, Product
from engine.resolve import CommitFacts, choose_flow, made_by_promotion

MESSAGE = Attribute(Subject.COMMIT, "message")
REVISION = Attribute(Subject.COMMIT, "revision")
HOTFIX = FlowUse("hotfix", Matching(MESSAGE, ("*hotfix*",)))
STANDARD = FlowUse("standard", Conjunction((Negation(Matching(MESSAGE, ("*wip*",))), Membership(REVISION, ("main",)))))
TRIO = Product("trio", (HOTFIX, STANDARD))
FLOWS = {"hotfix": Flow("hotfix", "dev"), "standard": Flow("standard", "qa")}


@pytest.mark.parametrize(
    ("commit", "flow"),
    [
        (CommitFacts("hotfix: login", ("main",)), "hotfix"),
        (CommitFacts("login", ("main",)), "standard"),
        (CommitFacts("login", ("rc", "main")), "standard"),
        (CommitFacts("login", tags=("main",)), "standard"),
        (CommitFacts("login", sha="main"), "standard"),
        (CommitFacts("login", ("Main",)), None),
        (CommitFacts("wip: login", ("main",)), None),
        (CommitFacts("body\n\nsays hotfix in it", ()), "hotfix"),
        (CommitFacts(""), None),
    ],
)
def test_the_first_flow_whose_condition_holds(commit: CommitFacts, flow: str | None) -> None:
    assert choose_flow(TRIO, commit).flow == flow


def test_flows_behind_the_chosen_one_are_explained_too() -> None:
    choice = choose_flow(TRIO, CommitFacts("hotfix wip", ("rc",)))

    first, second = choice.tried
    assert (first.use, first.matched, first.reasons) == (HOTFIX, True, ())
    assert not second.matched
    assert [reason.message for reason in second.reasons] == [
        "`message` is `hotfix wip`, and what matches `*wip*` is excluded",
        "`revision` holds `rc`, not `main`",
    ]


def test_only_flows_triggered_where_the_commit_landed_count() -> None:
    commit = CommitFacts("hotfix", ("main",))

    assert choose_flow(TRIO, commit, flows=FLOWS, landed={"dev", "qa"}).flow == "hotfix"
    elsewhere = choose_flow(TRIO, commit, flows=FLOWS, landed={"qa"})
    assert elsewhere.flow == "standard"
    assert elsewhere.tried[0].reasons[0].message == "it is triggered in `dev`, but the commit landed in `qa`"
    nowhere = choose_flow(TRIO, commit, flows=FLOWS, landed=set())
    assert nowhere.flow is None
    assert nowhere.tried[0].reasons[0].message.endswith("landed in none of the product's applications")


def test_a_flow_that_is_not_declared_cannot_have_been_landed_in() -> None:
    choice = choose_flow(TRIO, CommitFacts("hotfix"), flows={}, landed={"dev"})

    assert choice.flow is None
    assert choice.tried[0].reasons[0].message == "flow `hotfix` is not declared"


@pytest.mark.parametrize(
    "message", ["Promote\n\nPromo-Step: 1/2", "x\n\nbody\n\npromo-release: 7\n\nCo-authored-by: a"]
)
def test_commits_of_promotions_trigger_nothing(message: str) -> None:
    choice = choose_flow(Product("trio", (FlowUse("any"),)), CommitFacts(message))

    assert made_by_promotion(message)
    assert (choice.flow, choice.own_commit) == (None, True)
    assert "made by a promotion" in choice.tried[0].reasons[0].message


@pytest.mark.parametrize(
    "message", ["Promo-Step: as a subject", "x\n\nabout Promo-Step: in a sentence", "x\n\nPromo-Steps: 1"]
)
def test_commits_of_people_do(message: str) -> None:
    assert choose_flow(Product("trio", (FlowUse("any"),)), CommitFacts(message)).flow == "any"


def test_a_product_without_flows_is_never_triggered() -> None:
    choice = choose_flow(Product("quiet"), CommitFacts("x"))

    assert (choice.flow, choice.tried) == (None, ())
