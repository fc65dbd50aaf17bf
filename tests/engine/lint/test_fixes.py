"""Fixes: they end, leave nothing to fix, keep what is written valid, and safe ones keep the meaning."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product as combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.lint.fixing import apply_fixes
from engine.lint.registry import RULES
from engine.lint.rule import Rule
from engine.model.attributes import Attribute, Subject
from engine.model.conditions import ALWAYS, Condition, Matching, Membership, atoms
from engine.model.values import Scalar
from engine.model.workspace import Workspace
from engine.resolve.evaluation import evaluate
from engine.resolve.facts import Facts
from grammar.diagnostics import Diagnostic, FixSafety, Severity, TextEdit
from grammar.diagnostics import Fix as MadeFix
from grammar.parser import parse
from grammar.span import Span
from tests.support.lint_world import findings, fixed, material_of, texts_of
from tests.support.lintable_conditions import written_conditions

FIXABLE = [rule for rule in RULES if rule.fix is not None]
SAFE = {FixSafety.SAFE}
KIND = Attribute(Subject.ENVIRONMENT, "kind")
ALL = {FixSafety.SAFE, FixSafety.UNSAFE}


@pytest.mark.parametrize("rule", FIXABLE, ids=lambda rule: rule.name)
def test_a_rule_that_promises_a_fix_has_it(rule: type[Rule]) -> None:
    found = findings(rule.avoid, only=rule)
    assert [one.fix.safety for one in found if one.fix is not None] == [rule.fix] * len(found)


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.fix is None], ids=lambda rule: rule.name)
def test_a_rule_that_promises_none_has_none(rule: type[Rule]) -> None:
    assert all(one.fix is None for one in findings(rule.avoid, only=rule))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_fixing_ends_leaves_nothing_to_fix_and_keeps_the_meaning(rule: type[Rule]) -> None:
    before = texts_of(rule.avoid)
    after, _ = fixed(before, SAFE)
    assert [one for one in findings(after) if one.fix is not None and one.fix.safety is FixSafety.SAFE] == []
    assert differences(material_of(before)[0].workspace, material_of(after)[0].workspace) == []
    everything, _ = fixed(before, ALL)
    assert [one for one in findings(everything) if one.fix is not None] == []
    assert [found for found in material_of(everything)[1] if found.is_error] == []


COMBINED = """
policy all-at-once {
  when not (prod != environment.kind) and (product.name == a or product.name == b or product.name in [a])
    and not not environment.name matches "prod-**" # why it is so
    and product.labels.team in ["x"]
    and environment.name not matches "dev"
    and (environment.kind != non-prod or environment.kind != non-prod)
  action pr
}
"""


def test_fixes_of_one_condition_do_not_get_into_each_others_way() -> None:
    before = texts_of(COMBINED)
    after, rounds = fixed(before, SAFE)
    assert 1 < rounds < 8
    assert (
        "when environment.kind == prod and product.name in [a, b]\n"
        '    and environment.name matches "prod-*" # why it is so\n' in after["example.promo"]
    )
    assert differences(material_of(before)[0].workspace, material_of(after)[0].workspace) == []


@settings(max_examples=150)
@given(written_conditions(), st.sampled_from(["policy", "access", "require"]))
def test_safe_fixes_keep_the_meaning_of_any_condition(condition: str, kind: str) -> None:
    body = {
        "policy": f"policy p {{ when {condition} action pr }}",
        "access": f"access p {{ teams t allow retry when {condition} }}",
        "require": f'require p "so" {{ that {condition} }}',
    }
    before = {"example.promo": f"{body[kind]}\n"}
    after, _ = fixed(before, SAFE)
    assert parse(after["example.promo"]).diagnostics == ()
    assert [one for one in findings(after) if one.fix is not None] == []
    assert differences(material_of(before)[0].workspace, material_of(after)[0].workspace) == []


def differences(before: Workspace, after: Workspace) -> list[str]:
    """Return the entities that mean something else; conditions may be written in another way."""
    found = []
    for field in Workspace.__slots__:
        one, other = getattr(before, field), getattr(after, field)
        if not isinstance(one, Mapping):
            found += [field] if one != other else []
            continue
        assert one.keys() == other.keys()
        found += [f"{field} {name}" for name in one if not same(one[name], other[name])]
    return found


def same(one: object, other: object) -> bool:
    """Say whether two entities are equal but for the way their conditions are written."""
    conditions = [(getattr(one, name), getattr(other, name)) for name in ("when", "that") if hasattr(one, name)]
    if not all(equivalent(*pair) for pair in conditions):
        return False
    if hasattr(one, "flows") and hasattr(other, "flows"):
        uses = list(zip(one.flows, other.flows, strict=True))
        if not all(equivalent(left.when, right.when) and left.flow == right.flow for left, right in uses):
            return False
        return bool(replace(one, flows=()) == replace(other, flows=()))  # type: ignore[type-var]
    blank = {name: ALWAYS for name in ("when", "that") if hasattr(one, name)}
    return bool(replace(one, **blank) == replace(other, **blank)) if blank else one == other  # type: ignore[type-var]


def equivalent(one: Condition, other: Condition) -> bool:
    return one == other or all(evaluate(one, world) == evaluate(other, world) for world in worlds(one, other))


def worlds(*conditions: Condition) -> Iterator[Facts]:
    """Yield facts that tell two conditions apart if any do: each value they name, another one, and none."""
    values: dict[Attribute, set[Scalar]] = {}
    places = {"nowhere"}
    for condition in conditions:
        for atom in atoms(condition):
            match atom:
                case Membership():
                    values.setdefault(atom.attribute, set()).update(atom.values)
                case Matching():
                    own = values.setdefault(atom.attribute, set())
                    own.update(glob.replace("*", "") for glob in atom.globs)
                    own.update(glob.replace("*", "~") for glob in atom.globs)
                case _:
                    places.add(getattr(atom, "environment", "nowhere"))
    choices = [
        [(attribute, held) for held in (("prod",), ("non-prod",))]
        if attribute == KIND
        else [(attribute, held) for held in [(), *((value,) for value in own), ("zzz",)]]
        for attribute, own in values.items()
    ]
    for number, combination in enumerate(combinations(*choices)):
        if number > 3000:
            return
        for passed in (frozenset[str](), frozenset(places)):
            yield Facts({attribute: held for attribute, held in combination if held}, passed)


def finding(start: int, end: int, text: str, at: int | None = None) -> Diagnostic:
    span = Span(start if at is None else at, end, "a")
    fix = MadeFix("mend it", (TextEdit(Span(start, end, "a"), text),))
    return Diagnostic("L101", Severity.ERROR, "x", span, fix=fix)


def test_of_two_fixes_that_touch_one_waits() -> None:
    texts, applied = apply_fixes(
        [finding(2, 5, "-"), finding(0, 2, "+"), finding(7, 8, "!")], {"a": "0123456789"}, SAFE
    )
    assert texts == {"a": "+23456!89"}
    assert len(applied) == 2


def test_a_text_that_is_not_there_is_not_fixed() -> None:
    assert apply_fixes([finding(0, 1, "x")], {"b": "text"}, SAFE) == ({}, ())
