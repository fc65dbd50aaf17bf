"""The page of benchmarks speaks of what is measured: every table, every column, everything it is compared with."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from tests.bench.report import BENCHMARKS, Benchmark

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("benchmark", BENCHMARKS, ids=lambda benchmark: benchmark.id)
def test_every_benchmark_has_a_table_with_its_columns(benchmark: Benchmark) -> None:
    section = re.search(rf"^### `{benchmark.id}`: {re.escape(benchmark.title)}\n\n\|(.*)\|\n", TEXT, re.MULTILINE)
    assert section, f"docs/benchmarks.md has no table `{benchmark.id}` of what is measured now: copy it from a run"
    assert tuple(cell.strip() for cell in section[1].split("|")) == benchmark.columns


def test_no_table_is_of_something_that_is_not_measured() -> None:
    assert re.findall(r"^### `([^`]+)`", TEXT, re.MULTILINE) == [benchmark.id for benchmark in BENCHMARKS]


def test_everything_that_is_installed_for_comparison_is_named() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    peers = {re.split(r"[<>=]", requirement)[0] for requirement in extras["bench"]}
    assert {peer for peer in peers if peer not in TEXT} == set()
