"""Mutants with known fates."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from adapters.workspace import load
from engine.model.workspace import PriorityOrder, Workspace
from engine.testing import Runner
from engine.testing.mutation import Change, Fate, Trials, mutate
from engine.testing.requirements import broken_requirements
from tests.support.testing_world import workspace_of

WORLD = """
environment dev { kind non-prod }
environment qa { kind non-prod }
environment prod { kind prod }
product shop {
  labels team = "web"
  flow fix  when message matches "fix:*"
  flow main when branch == "main" and message != "wip"
}
flow main { trigger dev  step qa after dev  step prod after qa }
flow fix { trigger dev  step prod after dev { soak 5m } }
policy all { action commit  soak 1h }
policy reviewed priority 10 { when environment.kind == prod  action pr }
policy web priority 20 { when product.labels.team in ["web", "app"] and environment.name == qa  soak 2h }
"""
ALL = "policy `all`"
REVIEWED = "policy `reviewed`"


def trials(*more: str, limit: int = 2_000) -> Trials:
    world = workspace_of(WORLD, *more)
    return mutate(world, tuple(world.tests), ZoneInfo, limit)


def fates(found: Trials) -> dict[str, tuple[Fate, str]]:
    return {one.mutant.words: (one.fate, one.by) for one in found.tried}


def test_every_mutant_is_made() -> None:
    found = trials()
    assert [one.mutant.words for one in found.tried] == [
        "policy `all` removed",
        "policy `all` without `action commit`",
        "policy `all`: `action pr` instead of `commit`",
        "policy `all` without `soak 1h`",
        "policy `all`: priority 11 instead of 0, which is above `reviewed`",
        "policy `reviewed` without `action pr`",
        "policy `reviewed`: `action commit` instead of `pr`",
        "policy `reviewed`: without `when environment.kind == prod`",
        "policy `reviewed`: `environment.kind`: non-prod instead of prod",
        "policy `web` without `soak 2h`",
        'policy `web`: without `and product.labels.team in ["web", "app"]`',
        'policy `web`: without `and environment.name == "qa"`',
        'policy `web`: `product.labels.team in ["web", "app"]` turned round',
        'policy `web`: `environment.name == "qa"` turned round',
        "policy `web`: `product.labels.team` without `web`",
        "policy `web`: `product.labels.team` without `app`",
        "policy `web`: `environment.name`: `dev` instead of `qa`",
        "flow `main`: step `prod` not after `qa`",
        "flow `fix` without `soak 5m` in `prod`",
        "product `shop`, flow `fix` without its condition",
        'product `shop`, flow `fix`: `message matches "fix:*"` turned round',
        "product `shop`, flow `main` without its condition",
        'product `shop`, flow `main`: without `and branch == "main"`',
        'product `shop`, flow `main`: without `and message != "wip"`',
        'product `shop`, flow `main`: `branch == "main"` turned round',
        'product `shop`, flow `main`: `message != "wip"` turned round',
    ]
    assert all(one.mutant.span.source == "0.promo" for one in found.tried)
    assert found.there == len(found.tried)


def test_without_tests_nothing_is_noticed() -> None:
    found = trials()
    assert {one.fate for one in found.tried} == {Fate.SURVIVED}
    assert found.score == 0
    shown = fates(found)
    assert shown["policy `reviewed` without `action pr`"][1] == (
        "`shop` in `prod` along flow `fix`: action commit instead of pr"
    )
    assert shown["flow `main`: step `prod` not after `qa`"][1] == "`prod` no longer comes after `qa`"
    assert shown["product `shop`, flow `main` without its condition"][1].endswith(
        "starts flow `main` instead of no flow"
    )
    assert shown["policy `web`: `product.labels.team` without `app`"][1] == (
        'a product `new-product` labelled team="app" in environment `qa`: soak 1h instead of 2h'
    )


KILLING = """
test "pairs" {
  product shop
  expect dev { action commit  soak 1h }
  expect qa { action commit  soak 2h }
  expect prod { action pr  soak 1h }
}
test "others" { product app  labels team = "app"  expect qa { soak 2h } }
test "more" { product other  tags x  expect qa { soak 1h } }
test "main" {
  product shop
  commit message "x" branch "main"
  expect flow main
  expect order dev, qa, prod
}
test "fix" {
  product shop
  commit message "fix: x"
  expect flow fix
  expect prod { soak 5m }
}
test "branch" { product shop  commit message "x"  expect no flow }
test "wip" { product shop  commit message "wip" branch "main"  expect no flow }
"""


def test_tests_kill_all_of_them() -> None:
    found = trials(KILLING)
    assert [one.mutant.words for one in found.survivors] == []
    assert found.score == 100
    assert found.count(Fate.KILLED_BY_TEST) == found.there
    assert fates(found)["flow `fix` without `soak 5m` in `prod`"] == (Fate.KILLED_BY_TEST, "fix")


@pytest.mark.parametrize(
    ("gone", "survivors"),
    [
        ("others", ["policy `web`: `product.labels.team` without `app`"]),
        (
            "wip",
            [
                'product `shop`, flow `main`: without `and message != "wip"`',
            ],
        ),
        ("fix", ["flow `fix` without `soak 5m` in `prod`"]),
        ("more", ['policy `web`: without `and product.labels.team in ["web", "app"]`']),
    ],
)
def test_a_missing_test_lets_what_only_it_noticed_survive(gone: str, survivors: list[str]) -> None:
    world = workspace_of(WORLD, KILLING)
    found = mutate(world, [test for test in world.tests if test.title.text != gone], ZoneInfo)
    assert [one.mutant.words for one in found.survivors] == survivors


def test_requirements_kill_what_they_forbid() -> None:
    found = trials(
        """
        require reviewed { when environment.kind == prod  that action == pr }
        require staged { when environment.kind == prod and flow.name == main  that passed qa }
        """
    )
    killed = {one.mutant.words: one.by for one in found.tried if one.fate is Fate.KILLED_BY_REQUIREMENT}
    assert killed == {
        "policy `all`: priority 11 instead of 0, which is above `reviewed`": "reviewed",
        "policy `reviewed` without `action pr`": "reviewed",
        "policy `reviewed`: `action commit` instead of `pr`": "reviewed",
        "policy `reviewed`: `environment.kind`: non-prod instead of prod": "reviewed",
        "flow `main`: step `prod` not after `qa`": "staged",
    }


def test_a_requirement_that_is_broken_already_kills_nothing_there() -> None:
    found = trials("require never { when environment.kind == prod  that action == none }")
    assert found.count(Fate.KILLED_BY_REQUIREMENT) == 0


def test_what_changes_nothing_is_not_counted() -> None:
    found = trials(
        KILLING,
        """
        policy again priority -1 { action commit }
        policy dead priority -2 { when environment.kind == prod  soak 9h }
        """,
    )
    idle = [one.mutant.words for one in found.tried if one.fate is Fate.NO_EFFECT]
    assert "policy `again` without `action commit`" in idle
    assert "policy `dead` without `soak 9h`" in idle
    assert found.score == 100


def test_the_lower_priority_can_be_the_better_one() -> None:
    text = WORLD.replace("priority 10", "priority -10").replace("priority 20", "priority -20")
    world = workspace_of(text, priority=PriorityOrder.LOWEST_WINS)
    words = [one.mutant.words for one in mutate(world, (), ZoneInfo).tried if one.mutant.change is Change.PRIORITY]
    assert words == ["policy `all`: priority -11 instead of 0, which is above `reviewed`"]


def test_a_dependency_that_others_imply_is_no_mutant() -> None:
    text = WORLD.replace("step prod after qa }", "step prod after qa, dev }")
    world = workspace_of(text)
    words = [one.mutant.words for one in mutate(world, (), ZoneInfo).tried if one.mutant.change is Change.DEPENDENCY]
    assert words == ["flow `main`: step `prod` not after `qa`"]


def test_a_limit_spreads_over_all_and_trying_again_gives_the_same() -> None:
    some, again, everything = trials(limit=5), trials(limit=5), trials()
    assert some == again
    assert len(some.tried) == 5
    assert some.there == everything.there
    assert [one in everything.tried for one in some.tried] == [True] * 5
    assert {type(one.mutant.old).__name__ for one in some.tried} == {"Policy", "Product"}


def test_a_failing_test_is_refused() -> None:
    world = workspace_of(WORLD, 'test "no" { product shop  expect dev { action pr } }')
    with pytest.raises(ValueError, match="a test fails as things are"):
        mutate(world, tuple(world.tests), ZoneInfo)


def test_a_workspace_without_anything_has_nothing_to_notice() -> None:
    assert mutate(Workspace(), (), ZoneInfo).score == 100


@pytest.mark.parametrize("template", ["quickstart", "multi-region", "library"])
def test_every_fate_is_what_running_everything_again_says(template: str) -> None:
    world = load(Path(__file__).parents[4] / "policies" / template).workspace
    found = mutate(world, tuple(world.tests), ZoneInfo)
    broken = set(broken_requirements(world))
    for one in found.tried:
        changed = one.mutant.applied(world)
        runner = Runner(changed, ZoneInfo)
        noticed = not all(ran.passed for ran in runner.run_all(world.tests))
        breaks = bool(set(broken_requirements(changed)) - broken)
        killed = Fate.KILLED_BY_TEST if noticed else Fate.KILLED_BY_REQUIREMENT if breaks else None
        assert one.fate is killed or (killed is None and one.fate in (Fate.SURVIVED, Fate.NO_EFFECT)), one
    assert found.count(Fate.SURVIVED) + found.count(Fate.NO_EFFECT) < found.there / 2
