"""Goals made to be hard: they end, with a right answer or with none, and never with a wrong one."""

from __future__ import annotations

import pytest

from engine.model.attributes import Attribute, Subject
from engine.model.conditions import Condition, Conjunction, Disjunction, Matching, Membership, Negation
from engine.model.entities import Policy, Setting
from engine.model.values import Action
from engine.model.workspace import Workspace
from engine.verify import Proved, Questions, Refuted, Unknown, verify_workspace
from tests.engine.verify.promo_text import workspace
from tests.support.verify_workspaces import verify_workspace as generated

NAME = Attribute(Subject.PRODUCT, "name")


def label(key: object) -> Attribute:
    return Attribute(Subject.PRODUCT, "labels", f"k{key}")


def box_cover(keys: int, *, hole: bool) -> Workspace:
    """A policy about a box of 2^keys points, and better ones that cover all of it, or all but one point."""
    box = Conjunction(tuple(Membership(label(key), ("a", "b")) for key in range(keys)))
    policies = {"box": Policy("box", 0, box, (Setting("action", Action.PR),))}
    for key in range(keys):
        policies[f"a{key}"] = Policy(f"a{key}", 10, Membership(label(key), ("a",)), (Setting("action", Action.COMMIT),))
    if not hole:
        rest = Conjunction(tuple(Membership(label(key), ("b",)) for key in range(keys)))
        policies["rest"] = Policy("rest", 10, rest, (Setting("action", Action.COMMIT),))
    return Workspace(policies=policies)


@pytest.mark.parametrize("keys", [2, 18, 32])
def test_a_box_that_is_covered_by_many_policies_together(keys: int) -> None:
    report = verify_workspace(box_cover(keys, hole=False), only=("V201", "V202"))

    (found,) = report.findings
    assert found.code == "V202"
    assert {reason.name for reason in found.core} == {"rest", *(f"a{key}" for key in range(keys))}


@pytest.mark.parametrize("keys", [2, 18, 32])
def test_the_one_point_that_is_left_of_a_box(keys: int) -> None:
    report = verify_workspace(box_cover(keys, hole=True), only=("V201", "V202"))

    assert report.findings == ()
    assert report.unknown == ()


def test_a_conflict_of_every_kind_of_literal() -> None:
    """All orders of three labels, each covered by another policy: no point is left, and every case matters."""
    values = ("a", "b", "c")
    box = Conjunction(tuple(Membership(label(key), values) for key in range(3)))
    covers = [
        Conjunction(tuple(Membership(label(key), (value,)) for key, value in enumerate((one, two, three))))
        for one in values
        for two in values
        for three in values
    ]
    questions = Questions(Workspace())
    verdict = questions.decide([box], covers)
    assert isinstance(verdict, Proved)
    assert len(verdict.core) == 1 + 27
    assert isinstance(questions.decide([box], covers[:13] + covers[14:]), Refuted)


def infix(number: int) -> str:
    return f"*{chr(ord('a') + number)}{number}*"


def test_twelve_infix_globs_at_once() -> None:
    globs: tuple[Condition, ...] = tuple(Matching(NAME, (infix(number),)) for number in range(12))
    questions = Questions(Workspace())

    assert isinstance(questions.decide([Conjunction(globs)]), Refuted)
    assert isinstance(questions.decide([globs[0]], [Disjunction(globs)]), Proved)
    assert isinstance(questions.decide(globs[:6], globs[6:]), Refuted)
    assert isinstance(questions.decide([Negation(Disjunction(globs))]), Refuted)


def test_infix_globs_that_cannot_stand_together_are_refused_or_left_open() -> None:
    globs: list[Condition] = [Matching(NAME, (f"{chr(ord('a') + number)}*",)) for number in range(12)]
    questions = Questions(Workspace())
    for one in range(12):
        for other in range(one):
            assert isinstance(questions.decide([globs[one], globs[other]]), Proved)


def test_many_policies_about_many_overlapping_patterns() -> None:
    globs = [f"*{one}{two}*" for one in "abcd" for two in "abcd"]
    policies = {
        f"p{number}": Policy(f"p{number}", number % 4, Matching(NAME, (glob,)), (Setting("action", Action.PR),))
        for number, glob in enumerate(globs)
    }
    policies["q"] = Policy("q", 0, Negation(Matching(NAME, tuple(globs))), (Setting("action", Action.COMMIT),))
    report = verify_workspace(Workspace(policies=policies))

    assert report.unknown == ()
    assert [found.code for found in report.findings if found.code in ("V101", "V201", "V202", "V203")] == []


def test_a_prover_that_may_not_work_proves_nothing() -> None:
    report = verify_workspace(box_cover(12, hole=False), only=("V201",), rlimit=1)

    assert report.findings == ()
    assert [found.code for found in report.unknown] == ["V201"]
    (found,) = report.unknown
    assert isinstance(found.verdict, Unknown)
    assert found.verdict.reason
    assert ("V201", found.subject) not in [(held.code, held.subject) for held in report.proved]


def test_the_same_limit_gives_the_same_answers() -> None:
    reports = [verify_workspace(box_cover(12, hole=False), rlimit=3_000) for _ in range(2)]
    assert reports[0].findings == reports[1].findings
    assert reports[0].unknown == reports[1].unknown


def test_two_hundred_environments() -> None:
    names = "\n".join(
        f"environment e{number} {{ kind {'prod' if number % 3 else 'non-prod'} }}" for number in range(200)
    )
    steps = " ".join(f"step e{number} after e{number - 1}" for number in range(1, 200))
    text = f"""{names}
    product trio {{ flow long }}
    flow long {{ trigger e0 {steps} }}
    policy p {{ action commit }}
    policy q priority 1 {{ when environment.kind == prod  action pr }}
    require reviewed {{ when environment.kind == prod  that action == pr }}
    require first {{ when environment.kind == prod  that passed e0 }}
    """
    report = verify_workspace(workspace(text), only=("V101", "V102", "V201", "V202", "V203", "V301", "V302", "V401"))
    assert (report.findings, report.unknown) == ((), ())


@pytest.mark.parametrize("negations", [False, True])
def test_most_goals_need_no_prover_and_proofs_are_short(negations: bool) -> None:
    report = verify_workspace(generated(100, negations=negations))

    assert report.unknown == ()
    statistics = report.statistics
    assert statistics.goals > 250
    assert statistics.by_solver < statistics.goals / 2
    assert statistics.solver_calls < 10 * statistics.by_solver


def test_the_work_grows_no_faster_than_the_policies() -> None:
    small, large = (
        verify_workspace(generated(size), only=("V101", "V102", "V201", "V202", "V203")).statistics
        for size in (100, 1_000)
    )
    assert large.goals < 12 * small.goals
    assert large.solver_calls < large.goals / 4
