"""Conditions that say the same in other words: no change for whoever reads a difference."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from engine.model.build import build_workspace
from engine.model.conditions import Condition
from engine.model.workspace import Workspace
from engine.verify.diff import Strictness, compare
from engine.verify.diff.alike import alike
from engine.verify.question import Questions
from engine.verify.verdict import Proved
from grammar.parser import parse
from tests.support.lintable_conditions import written_conditions

WORLD = """
environment dev { kind non-prod }
environment prod { kind prod }
product shop { labels team = "a" }
flow standard { trigger dev  step prod after dev }
policy everywhere { action pr  pre-action checks }
"""


def built(text: str) -> Workspace:
    parsed = parse(WORLD + text, "rules.promo")
    made = build_workspace([parsed.file])
    assert [found for found in (*parsed.diagnostics, *made.diagnostics) if found.is_error] == []
    return made.workspace


def that(text: str) -> Condition:
    return built(f'require r "so" {{ that {text} }}').requires["r"].that


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("action == pr or action == commit", "action in [commit, pr]", True),
        ("not not action == pr", "action == pr", True),
        ("not (action != pr or soak < 1h)", "action == pr and not soak < 1h", True),
        ('pre-action matches "**-checks"', 'pre-action matches "*-checks"', True),
        ("environment.kind != non-prod", "environment.kind == prod", True),
        ("passed dev and (passed dev or action == pr)", "passed dev", True),
        ("action == pr and action == commit", "action == commit and soak < 1h and not soak < 1h", True),
        ("action == pr", "action == commit", False),
        ("action == pr or passed dev", "action == pr", False),
        ("approvals >= 2", "approvals >= 1", False),
        ("product.tags == a and product.tags == b", "product.tags == a and not product.tags == a", False),
        ('pre-action matches "*-checks"', 'pre-action matches "*checks"', False),
    ],
)
def test_settings_are_compared_test_by_test(one: str, other: str, same: bool) -> None:
    assert alike(that(one), that(other)) is same
    assert alike(that(other), that(one)) is same
    assert alike(that(one), that(one))


def test_what_is_too_long_is_not_judged() -> None:
    many = " or ".join(f"environment.name == e{number}" for number in range(13))
    backwards = " or ".join(f"environment.name == e{number}" for number in reversed(range(13)))
    assert not alike(that(f"({many}) and action == pr"), that(f"action == pr and not not ({backwards})"))


@settings(max_examples=60)
@given(written_conditions(), written_conditions())
def test_alike_is_never_said_of_what_the_prover_tells_apart(one: str, other: str) -> None:
    for left, right in ((that(one), that(other)), (that(one), that(f"not not ({one})"))):
        if alike(left, right):
            questions = Questions(built(""))
            assert isinstance(questions.decide([left], [right]), Proved)
            assert isinstance(questions.decide([right], [left]), Proved)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('require r "so" { when not not environment.kind == prod that action == pr or action == commit }',
         'require r "so" { when environment.kind == prod that action in [pr, commit] }', []),
        ('require r "so" { when environment.kind == prod that action == pr }',
         'require r "so" { that action == pr }',
         [("holds for more points: its `when` changed", Strictness.STRICTER)]),
        ('require r "so" { that action == pr }',
         'require r "so" { when flow.name == standard that action == pr }',
         [("holds for fewer points: its `when` changed", Strictness.LOOSER)]),
        ('require r "so" { when environment.kind == prod that action == pr }',
         'require r "so" { when product.labels.team == "a" that action == pr }',
         [("holds for other points: its `when` changed", Strictness.DIFFERENT)]),
        ('require r "so" { that action == pr }',
         'require r "so" { that action in [pr, commit] }',
         [("asks for something else: its `that` changed", Strictness.DIFFERENT)]),
        ('template t { when application.labels.a == "x" or application.labels.a == "y" promote "a.yaml" "$.a" }',
         'template t { when application.labels.a in ["x", "y"] promote "a.yaml" "$.a" }', []),
    ],
)  # fmt: skip
def test_what_a_difference_says(old: str, new: str, expected: list[tuple[str, Strictness]]) -> None:
    found = compare(built(old), built(new))
    assert found.unknown == ()
    assert [(change.text, change.strictness) for change in found.changes] == expected
