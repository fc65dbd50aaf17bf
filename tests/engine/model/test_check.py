"""What conditions mean: the cases that matter, written out."""

import pytest

from engine.model.attributes import POLICY_SCOPE, REQUIRE_THAT_SCOPE, TRIGGER_SCOPE, Attribute, Scope, Subject
from engine.model.check import check_condition
from engine.model.conditions import (
    ALWAYS,
    Bound,
    Condition,
    Conjunction,
    Matching,
    Membership,
    Negation,
    PassedThrough,
)
from engine.model.values import NoWorkflow
from grammar.expressions import And, Comparison, Path, Text, Word
from grammar.parser import parse

NAME = Attribute(Subject.PRODUCT, "name")
TEAM = Attribute(Subject.PRODUCT, "labels", "team")
KIND = Attribute(Subject.ENVIRONMENT, "kind")
ACTION = Attribute(Subject.SETTING, "action")
PRE_ACTION = Attribute(Subject.SETTING, "pre-action")
SOAK = Attribute(Subject.SETTING, "soak")
MESSAGE = Attribute(Subject.COMMIT, "message")
REVISION = Attribute(Subject.COMMIT, "revision")


def meaning(text: str, scope: Scope = REQUIRE_THAT_SCOPE) -> Condition:
    parsed = parse(f"require x {{ that {text} }}")
    assert parsed.diagnostics == ()
    checked = check_condition(parsed.file.declarations[0].items[0].condition, scope)
    assert [diagnostic for diagnostic in checked.diagnostics if diagnostic.is_error] == []
    assert checked.condition is not None
    return checked.condition


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("environment.kind == prod", Membership(KIND, ("prod",))),
        ('environment.kind == "prod"', Membership(KIND, ("prod",))),
        ("prod == environment.kind", Membership(KIND, ("prod",))),
        ("environment.kind != prod", Negation(Membership(KIND, ("prod",)))),
        ("environment.kind in [prod]", Membership(KIND, ("prod",))),
        ("environment.kind not in [prod, non-prod]", Negation(Membership(KIND, ("prod", "non-prod")))),
        ('"payments" == product.labels.team', Membership(TEAM, ("payments",))),
        ('product.labels["team"] == payments', Membership(TEAM, ("payments",))),
        ('product.name matches "team-*"', Matching(NAME, ("team-*",))),
        ('product.name not matches ["a*", b]', Negation(Matching(NAME, ("a*", "b")))),
        ('product.name matches "trio"', Membership(NAME, ("trio",))),
        ('product.name matches ["trio", "duo"]', Membership(NAME, ("trio", "duo"))),
        ('"x" in product.tags', Membership(Attribute(Subject.PRODUCT, "tags"), ("x",))),
        ("x not in product.tags", Negation(Membership(Attribute(Subject.PRODUCT, "tags"), ("x",)))),
        ("pr == action", Membership(ACTION, ("pr",))),
        ("action == none", Membership(ACTION, ("none",))),
        ("pre-action == none", Membership(PRE_ACTION, (NoWorkflow(),))),
        ('pre-action == "none"', Membership(PRE_ACTION, ("none",))),
        ("pre-action in [none, smoke]", Membership(PRE_ACTION, (NoWorkflow(), "smoke"))),
        ("soak == 2h", Membership(SOAK, (7200,))),
        ("soak >= 2h", Bound(SOAK, ">=", 7200)),
        ("2h <= soak", Bound(SOAK, ">=", 7200)),
        ("approvals > 1", Bound(Attribute(Subject.SETTING, "approvals"), ">", 1)),
        ("approvals == 2", Membership(Attribute(Subject.SETTING, "approvals"), (2,))),
        ("passed qa", PassedThrough("qa")),
        ("not passed qa", Negation(PassedThrough("qa"))),
        (
            "action == pr and environment.kind == prod",
            Conjunction((Membership(KIND, ("prod",)), Membership(ACTION, ("pr",)))),
        ),
    ],
)
def test_meaning(text: str, expected: Condition) -> None:
    assert meaning(text) == expected


def test_bare_words_are_attributes_of_the_commit_only_where_there_is_one() -> None:
    assert meaning('message matches "*fix*"', TRIGGER_SCOPE) == Matching(MESSAGE, ("*fix*",))
    assert meaning('"main" in revision', TRIGGER_SCOPE) == Membership(REVISION, ("main",))
    assert meaning("product.name == message", POLICY_SCOPE) == Membership(NAME, ("message",))
    assert meaning("product.name in [message, action]", POLICY_SCOPE) == Membership(NAME, ("message", "action"))


def test_a_conjunction_of_one_is_that_one_and_of_none_always_holds() -> None:
    one = Comparison(Path(("product", "name")), "==", Word("trio"))
    assert check_condition(And((one,)), POLICY_SCOPE).condition == Membership(NAME, ("trio",))
    assert check_condition(And(()), POLICY_SCOPE).condition == ALWAYS


def test_mentions_have_the_place_of_the_value() -> None:
    text = 'require x { that product.name in [trio, "duo"] and product.labels.team == "a" }'
    checked = check_condition(parse(text, "t").file.declarations[0].items[0].condition, REQUIRE_THAT_SCOPE)
    found = [(str(m.attribute), m.value, text[m.span.start : m.span.end]) for m in checked.mentions]
    assert found == [
        ("product.name", "trio", "trio"),
        ("product.name", "duo", '"duo"'),
        ("product.labels.team", None, "product.labels.team"),
    ]


def test_fixes_are_offered_in_promo_texts_only() -> None:
    text = "require x { that environment.type == prod }"

    def fix_in(source: str) -> object:
        expression = parse(text, source).file.declarations[0].items[0].condition
        return check_condition(expression, REQUIRE_THAT_SCOPE).diagnostics[0].fix

    fix = fix_in("a.promo")
    assert fix is not None
    edit = fix.edits[0]
    assert text[: edit.span.start] + edit.text + text[edit.span.end :] == (
        "require x { that environment.kind == prod }"
    )
    assert fix_in("a.yaml") is None


def test_a_comparison_without_a_place_has_errors_too() -> None:
    checked = check_condition(Comparison(Text("a"), "==", Text("b")), POLICY_SCOPE)
    assert [diagnostic.code for diagnostic in checked.diagnostics] == ["M023"]
