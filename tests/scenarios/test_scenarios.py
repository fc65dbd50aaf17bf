"""Every scenario in `features`, run against the engine with fakes of everything outside."""

from __future__ import annotations

from pathlib import Path

import pytest

import tests.scenarios.steps  # noqa: F401 - binds the words of steps
from tests.fakes.machine import Machine
from tests.fakes.sqlite import SqliteReleases
from tests.scenarios.binding import bound
from tests.scenarios.fake_world import FakeWorld
from tests.scenarios.language import Scenario, parse

FEATURES = Path(__file__).parent / "features"
FILES = sorted(FEATURES.glob("*.scenario"))
SCENARIOS = [scenario for file in FILES for scenario in parse(file.read_text("utf-8"), file.name)]


def play(scenario: Scenario, world: FakeWorld) -> None:
    """Run a scenario; what goes wrong is told with the line it goes wrong at."""
    actions = [(step, bound(scenario, step)) for step in scenario.steps]
    for step, action in actions:
        try:
            action(world)
        except AssertionError as wrong:
            wrong.add_note(f"{scenario.file}:{step.line}: {step.kind} {step.text}")
            raise
    world.finish()


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: f"{scenario.file}: {scenario.title}")
def test_scenario(scenario: Scenario, tmp_path: Path) -> None:
    play(scenario, FakeWorld(tmp_path))


KEPT = [scenario for scenario in SCENARIOS if scenario.file in ("crashes.scenario", "endings.scenario")]
"""What depends most on the store."""


@pytest.mark.parametrize("scenario", KEPT, ids=lambda scenario: f"{scenario.file}: {scenario.title}")
def test_scenario_in_sqlite(scenario: Scenario, tmp_path: Path) -> None:
    if any(words in step.text for step in scenario.steps for words in ("the database is away", "the supersede of")):
        pytest.skip("only the store in memory can be disturbed")
    opened: list[SqliteReleases] = []

    def in_sqlite(machine: Machine) -> None:
        opened.append(SqliteReleases(machine, tmp_path / "releases.db"))
        machine.store = opened[0]

    try:
        play(scenario, FakeWorld(tmp_path, in_sqlite))
    finally:
        for store in opened:
            store.close()
