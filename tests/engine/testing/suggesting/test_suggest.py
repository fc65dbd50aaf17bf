"""Tests that are written for what no test exercises: they parse, they pass, and they exercise it."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from adapters.workspace import load
from engine.model.build import build_workspace
from engine.testing import Runner
from engine.testing.coverage import measure
from engine.testing.suggesting import suggest
from grammar.format import format_text, print_declaration
from grammar.parser import parse
from tests.support.testing_world import workspace_of

POLICIES = Path(__file__).parents[4] / "policies"

ODD = """
environment dev { kind non-prod }
environment "prod.eu" { kind prod }
product shop {
  flow hot when (message matches "hot \\"fix\\"*" and author matches "*<ada@*>") or revision in ["v1", "v2"]
  flow "main.line" when branch == "main"
  flow never when branch == "main"
}
flow hot { trigger dev  step "prod.eu" after dev { pre-action "none" } }
flow "main.line" { trigger dev  step "prod.eu" after dev { pre-action none  approvals 2 from sre, "the.leads" } }
flow never { trigger dev  step "prod.eu" after dev }
policy all { action commit }
policy label priority 1 {
  when product.labels["a.b/c"] == "it's \\"x\\"" and product.tags in [one, "two.x"]
  pre-action none
  soak 90m
}
policy named priority 2 { when product.name matches "pay-*"  action pr }
policy impossible priority 3 { when environment.name == dev and environment.kind == prod  action pr }
policy dead priority -1 { action none  rollback never }
policy shadowed priority -2 { rollback never }
"""


@pytest.mark.parametrize("template", ["quickstart", "multi-region", "enterprise", "library"])
def test_appended_to_a_shipped_workspace_they_pass_and_leave_nothing_that_can_be_exercised(template: str) -> None:
    loaded = load(POLICIES / template)
    workspace = loaded.workspace
    runner = Runner(workspace, ZoneInfo)
    before = measure(workspace, runner.run_all(workspace.tests))
    assert before.missed
    suggested = suggest(workspace, before.missed, ZoneInfo)
    text = "\n".join(print_declaration(test) for test in suggested.tests)
    parsed = parse(text, "suggested.promo")
    assert parsed.diagnostics == ()
    built = build_workspace([*loaded.files, parsed.file], tuple(workspace.applications.values()))
    assert [found for found in built.diagnostics if found.is_error] == []
    ran = runner.run_all(built.workspace.tests)
    assert [one.test.title.text for one in ran if not one.passed] == []
    assert measure(workspace, ran).missed == suggested.left
    left = {item.words for item in suggested.left}
    assert left == (
        {"policy `us-business-hours` matches", "policy `us-business-hours` decides `window us-business-hours`"}
        if template == "library"
        else set()
    )


def test_what_nothing_can_exercise_is_left() -> None:
    world = workspace_of(ODD)
    missed = measure(world, ()).missed
    suggested = suggest(world, missed, ZoneInfo)
    assert {item.words for item in suggested.left} == {
        "policy `impossible` matches",
        "policy `impossible` decides `action pr`",
        "policy `dead` decides `action none`",
        "policy `shadowed` decides `rollback never`",
        "flow `never` from `dev` to `prod.eu`",
        "product `shop`: flow `never` is started",
    }
    text = "".join(f"{print_declaration(test)}\n" for test in suggested.tests)
    again = workspace_of(ODD, text)
    ran = Runner(again, ZoneInfo).run_all(again.tests)
    assert all(one.passed for one in ran)
    assert set(measure(again, ran).missed) == set(suggested.left)
    assert len({one.test.title.text for one in ran}) == len(ran)


def test_they_are_laid_out_as_the_formatter_does_it() -> None:
    world = workspace_of(ODD)
    for test in suggest(world, measure(world, ()).missed, ZoneInfo).tests:
        printed = print_declaration(test)
        assert format_text(printed).text == printed if printed.endswith("\n") else f"{printed}\n"


def test_titles_that_are_taken_are_not_used_again() -> None:
    world = workspace_of(ODD, 'test "policy all matches" { product shop  expect dev { action commit } }')
    missed = [item for item in measure(world, ()).missed if item.words == "policy `all` matches"]
    (test,) = suggest(world, missed, ZoneInfo).tests
    assert test.title.text == "policy all matches (2)"
