"""Whole commands, from start to exit, as a person or a CI job pays for them."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

import pytest

from tests.bench.policy_set import policy_set
from tests.bench.report import PROCESS, Report, verdict
from tests.bench.yaml_twin import yaml_twin

pytestmark = pytest.mark.bench

ROOT = Path(__file__).parents[2]
RUNS = 21


@dataclass(frozen=True, slots=True)
class Command:
    """A command line; ``target`` is in milliseconds, ``cold`` empties promo's cache before each run."""

    name: str
    arguments: tuple[str, ...]
    target: float | None = None
    cold: bool = False


@pytest.fixture(scope="module")
def programs(build_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel, install it beside yamllint in an environment of its own, and return where programs are."""
    wheels = tmp_path_factory.mktemp("wheel")
    environment = build_folder / "venv"
    _pip("wheel", "--no-deps", "--wheel-dir", str(wheels), str(ROOT))
    (wheel,) = wheels.glob("*.whl")
    python = environment / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True, timeout=120)
    _pip("--python", str(python), "install", "--compile", str(wheel), "yamllint")
    _pip("--python", str(python), "install", "--compile", "--force-reinstall", "--no-deps", str(wheel))
    return environment / "bin"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("workspace")
    text = policy_set(10, product_count=10, environment_count=5).promo_text()
    (folder / "promo.toml").write_text('sources = ["*.promo"]\n', encoding="utf-8")
    (folder / "policies.promo").write_text(text, encoding="utf-8")
    (folder / "policies.yaml").write_text(yaml_twin(text), encoding="utf-8")
    return folder


def _pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=280)
    assert done.returncode == 0, done.stdout + done.stderr


def spent(arguments: list[str], folder: Path, environment: dict[str, str]) -> float:
    """Return seconds of CPU, user and system, that a command takes; it has to succeed."""
    log = folder.parent / "output.txt"
    with log.open("wb") as output:
        process = subprocess.Popen(arguments, cwd=folder, env=environment, stdout=output, stderr=output)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, f"{arguments}: {log.read_text(encoding='utf-8', errors='replace')}"
    return usage.ru_utime + usage.ru_stime


def _empty(cache: Path) -> None:
    for path in sorted(cache.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()


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


def _run(folder: Path, environment: dict[str, str], command: Command) -> float:
    return spent(list(command.arguments), folder, environment)


def test_commands(programs: Path, workspace: Path, tmp_path_factory: pytest.TempPathFactory, report: Report) -> None:
    cache = tmp_path_factory.mktemp("cache")
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path_factory.mktemp("home")),
        "LC_ALL": "C.UTF-8",
        "PROMO_CACHE_DIR": str(cache),
    }
    commands = _commands(programs)
    runs: dict[str, list[float]] = {command.name: [] for command in commands}
    run = partial(_run, workspace, environment)
    for command in commands:
        run(command)
    # In turn and not one after the other, so that a busy moment of the machine falls on all of them.
    for _ in range(RUNS):
        for command in commands:
            if command.cold:
                _empty(cache)
            runs[command.name].append(run(command))
    for command in commands:
        found = [seconds * 1e3 for seconds in runs[command.name]]
        met = "" if command.target is None else verdict(median(found) <= command.target, f"<= {command.target:.0f}")
        report.add(PROCESS, command.name, f"{median(found):.1f}", f"{min(found):.1f}", met)
