"""The report that all measurements share, printed when they are done and kept in ``build/bench/benchmarks.md``."""

from __future__ import annotations

import os
import platform
from pathlib import Path

import pytest

from tests.bench.processes import installed
from tests.bench.report import Report

BUILD = Path(__file__).parents[2] / "build" / "bench"
_REPORT = pytest.StashKey[Report]()


@pytest.fixture(scope="session")
def report(pytestconfig: pytest.Config) -> Report:
    """Collect rows for the tables at the end."""
    found = Report(_machine())
    pytestconfig.stash[_REPORT] = found
    return found


@pytest.fixture(scope="session")
def build_folder() -> Path:
    """Give the folder for what measurements need and may keep."""
    BUILD.mkdir(parents=True, exist_ok=True)
    return BUILD


@pytest.fixture(scope="session")
def programs(build_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install promo as a compiled wheel, and its peers beside it; return the folder of the programs."""
    return installed(build_folder, tmp_path_factory.mktemp("wheel"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    report = config.stash.get(_REPORT, None)
    if report is None:
        return
    report.machine += f"; load {_load()} at the end"
    text = report.markdown()
    terminalreporter.write_line("")
    terminalreporter.write_line(text)
    BUILD.mkdir(parents=True, exist_ok=True)
    path = BUILD / "benchmarks.md"
    path.write_text(text, encoding="utf-8")
    terminalreporter.write_line(f"also in {path}")


def _machine() -> str:
    model = platform.processor() or platform.machine()
    information = Path("/proc/cpuinfo")
    if information.exists():
        names = [line for line in information.read_text(encoding="utf-8").splitlines() if line.startswith("model name")]
        model = names[0].partition(":")[2].strip() if names else model
    python = f"Python {platform.python_version()} on {platform.system()}"
    return f"{model}, {os.cpu_count()} cores; {python}; load {_load()} at the start"


def _load() -> str:
    return f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
