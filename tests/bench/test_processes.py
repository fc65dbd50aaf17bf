"""Whole commands, from start to exit, as a person or a CI job pays for them."""

from __future__ import annotations

from pathlib import Path
from statistics import median

import pytest

from tests.bench.policy_set import policy_set
from tests.bench.processes import Command, in_turn, surroundings
from tests.bench.report import PROCESS, Report, verdict
from tests.bench.yaml_twin import yaml_twin

pytestmark = pytest.mark.bench

RUNS = 21


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("workspace")
    text = policy_set(10, product_count=10, environment_count=5).promo_text()
    (folder / "promo.toml").write_text('sources = ["*.promo"]\n', encoding="utf-8")
    (folder / "policies.promo").write_text(text, encoding="utf-8")
    (folder / "policies.yaml").write_text(yaml_twin(text), encoding="utf-8")
    return folder


def _commands(programs: Path) -> tuple[Command, ...]:
    promo, yamllint = str(programs / "promo"), str(programs / "yamllint")
    return (
        Command("promo --help", (promo, "--help"), 60),
        Command("promo --version", (promo, "--version")),
        Command("promo eval, cold cache", (promo, "eval"), cold=True),
        Command("promo eval, warm cache", (promo, "eval"), 120),
        Command("promo eval PRODUCT ENVIRONMENT, warm", (promo, "eval", "product-1", "prod-3")),
        Command("promo check, warm cache", (promo, "check"), 120),
        Command("yamllint --help", (yamllint, "--help")),
        Command("yamllint, the same as YAML", (yamllint, "-d", "relaxed", "policies.yaml")),
        Command("python -c pass, for scale", (str(programs / "python"), "-c", "pass")),
    )


def test_commands(programs: Path, workspace: Path, tmp_path_factory: pytest.TempPathFactory, report: Report) -> None:
    commands = _commands(programs)
    environment = surroundings(tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("cache"))
    for command, runs in zip(commands, in_turn(commands, RUNS, workspace, environment).values(), strict=True):
        found = [seconds * 1e3 for seconds in runs]
        met = "" if command.target is None else verdict(median(found) <= command.target, f"<= {command.target:.0f}")
        report.add(PROCESS, command.name, f"{median(found):.1f}", f"{min(found):.1f}", met)
