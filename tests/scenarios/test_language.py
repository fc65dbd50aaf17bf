from __future__ import annotations

import pytest

import tests.scenarios.steps  # noqa: F401 - binds the words of steps
from tests.scenarios.binding import BINDINGS, bound
from tests.scenarios.language import ScenarioError, parse
from tests.scenarios.test_scenarios import FILES, SCENARIOS

SMALL = """
# Small.
background
  given the workspace shop

scenario first
  when ada starts shop along standard
  and 5m passes
  then exactly this happened
    | commit for shop-qa
    |   indented
"""


def understand(text: str) -> None:
    for scenario in parse(text, "x.scenario"):
        for step in scenario.steps:
            bound(scenario, step)


def wrong(text: str) -> str:
    with pytest.raises(ScenarioError) as caught:
        understand(text)
    return str(caught.value)


def test_a_scenario_has_the_steps_of_the_background_and_its_own() -> None:
    (scenario,) = parse(SMALL, "x.scenario")
    assert (scenario.title, scenario.line) == ("first", 6)
    assert [(step.kind, step.text, step.line) for step in scenario.steps] == [
        ("given", "the workspace shop", 4),
        ("when", "ada starts shop along standard", 7),
        ("when", "5m passes", 8),
        ("then", "exactly this happened", 9),
    ]
    assert scenario.steps[-1].block == ["commit for shop-qa", "  indented"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("maybe it rains", "1: `maybe` begins no line"),
        ("| a line", "1: a line of a block stands below no step"),
        ("scenario", "1: a scenario needs a title"),
        ("given the workspace shop", "1: a step stands before the first scenario"),
        ("scenario a\n  and it rains", "2: `and` follows no step"),
        ("scenario a\n  when", "2: `when` says nothing"),
        ("scenario a\n  then dev is succeeded", "2: `then` follows no `when`"),
        ("scenario a\n  when 5m passes", "1: scenario `a` does not end with `then`: it checks nothing"),
        ("scenario a\n  when 5m passes\n  given the workspace shop", "3: what is given stands before the first"),
        ("background\n  when 5m passes", "2: a background only gives"),
        ("scenario a\n  when 5m passes\n  then dev is running\nscenario a", "4: there is another scenario `a`"),
        ("scenario a\n  when 5m passes\n  then dev is running\nbackground", "4: `background` stands alone"),
        (
            "scenario a\n  when 5 minutes pass\n  then dev is running",
            "2: nothing is known by `when 5 minutes pass`; is `{duration} passes` meant?",
        ),
        (
            "scenario a\n  when the workspace shop\n  then dev is running",
            "2: `the workspace shop` is said after `given`, not after `when`",
        ),
        (
            "scenario a\n  when 5m passes\n  then exactly this happened",
            "3: `then exactly this happened` needs lines with `|` below it",
        ),
        (
            "scenario a\n  when 5m passes\n  | more\n  then dev is running",
            "2: `when {duration} passes` takes no lines below it",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, reason: str) -> None:
    assert wrong(text).startswith(f"x.scenario:{reason}")


def test_every_scenario_is_understood_and_every_word_is_used() -> None:
    used = set()
    for scenario in SCENARIOS:
        for step in scenario.steps:
            bound(scenario, step)
            used |= {b.pattern for b in BINDINGS if b.kind == step.kind and b.arguments(step.text) is not None}
    assert {binding.pattern for binding in BINDINGS} - used == set()


def test_every_file_says_what_it_is_about() -> None:
    assert [file.name for file in FILES if not file.read_text("utf-8").startswith("# ")] == []
