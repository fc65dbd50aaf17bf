"""The page about releases is true: its tables are those of the engine, and the scenarios it names are there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from pathlib import Path

import pytest

from engine.execute.parameters import LONGEST_CONTEXT
from engine.execute.performing import LONGEST_CALL
from engine.execute.rules import Rules
from engine.execute.status import ENVIRONMENT_TRANSITIONS, RELEASE_TRANSITIONS, STEP_TRANSITIONS
from engine.execute.store import QUEUE_LIMIT
from tests.scenarios.test_scenarios import FILES, SCENARIOS

PAGE = (Path(__file__).parents[2] / "docs" / "releases.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("head", "table"),
    [
        ("A release", RELEASE_TRANSITIONS),
        ("An environment", ENVIRONMENT_TRANSITIONS),
        ("A step", STEP_TRANSITIONS),
    ],
)
def test_every_state_and_every_way(head: str, table: Mapping[Enum, frozenset[Enum]]) -> None:
    _, _, rest = PAGE.partition(f"| {head} |")
    rows = re.findall(r"^\| `([a-z]+)` \| .* \| ([a-z, -]+) \|$", rest.partition("\n\n")[0], re.MULTILINE)
    told = {state: set() if ways == "-" else set(ways.split(", ")) for state, ways in rows}
    assert told == {state.value: {after.value for after in table[state]} for state in table}


def test_the_scenarios_it_names_are_there() -> None:
    told = re.findall(r"`([a-z-]+\.scenario)(?:: ([^`]+))?`", PAGE)
    assert {name for name, _ in told} == {file.name for file in FILES}
    known = {(scenario.file, scenario.title) for scenario in SCENARIOS}
    assert {pair for pair in told if pair[1]} - known == set()


def test_its_figures_are_those_of_the_engine() -> None:
    assert f"at most {LONGEST_CONTEXT:,} characters" in PAGE
    assert f"At most {QUEUE_LIMIT} wait" in PAGE
    assert LONGEST_CALL == 120
    assert Rules.__dataclass_fields__["wind_down"].default == 3600
