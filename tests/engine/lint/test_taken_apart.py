"""What is found out once about a condition is what every rule would find out for itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given

from engine.lint.condition_logic import alternatives, certain, exclude
from engine.lint.correctness.constant_condition import _constant
from engine.lint.correctness.impossible_condition import _smallest
from engine.lint.material import Asked, Material
from engine.lint.options import DEFAULT_OPTIONS
from engine.lint.registry import RULE_BY_CODE
from engine.lint.taken_apart import TakenApart
from engine.model.build import build_workspace
from engine.model.conditions import Condition, Conjunction
from engine.model.workspace import Workspace
from grammar.parser import parse
from tests.support.condition_strategies import conditions
from tests.support.generate import workspace_files


def taken_apart() -> TakenApart:
    return TakenApart(Material((), Workspace(), {}, DEFAULT_OPTIONS))


@given(conditions)
def test_no_part_of_a_sound_condition_is_impossible(condition: Condition) -> None:
    for named in (True, False):
        if taken_apart().sound(condition, named=named):
            assert not list(_smallest(condition, named))


@given(conditions, conditions)
def test_what_excludes_each_other_does_so_when_taken_apart(left: Condition, right: Condition) -> None:
    apart = taken_apart()
    for named in (True, False):
        assert apart.exclude(left, right, named=named) is exclude(left, right, named=named)


def constant_by_definition(condition: Condition) -> Iterator[Condition]:
    if certain(condition, named=True):
        yield condition
    elif isinstance(condition, Conjunction):
        yield from (operand for operand in condition.operands if certain(operand, named=True))


@given(conditions)
def test_the_constant_parts_are_those_of_the_definition(condition: Condition) -> None:
    found = list(_constant(Asked(condition, "the condition of policy", "p", True, "x")))
    assert found == list(constant_by_definition(condition))


def material(declarations: int) -> Material:
    files = [parse(text, name).file for name, text in workspace_files(1, declarations)]
    return Material(files, build_workspace(files).workspace, {}, DEFAULT_OPTIONS)


def test_each_condition_is_taken_apart_once_for_all_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    counted = [0]

    def counting(condition: Condition, positive: bool) -> object:
        counted[0] += 1
        return alternatives(condition, positive)

    monkeypatch.setattr("engine.lint.taken_apart.alternatives", counting)
    looked_at = material(60)
    for code in ("L101", "L103", "L310"):
        list(RULE_BY_CODE[code]().check(looked_at))
    assert counted[0] == len(looked_at.conditions) > 0


def test_the_ways_of_flows_are_followed_once_for_all_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    from engine.lint.flow_ways import environments_before

    followed = []

    def counting(flow: object) -> object:
        followed.append(flow)
        return environments_before(flow)  # type: ignore[arg-type]

    monkeypatch.setattr("engine.lint.flow_ways.environments_before", counting)
    looked_at = material(60)
    for code in ("L203", "L309"):
        list(RULE_BY_CODE[code]().check(looked_at))
    assert len(followed) == len(looked_at.workspace.flows) > 0
