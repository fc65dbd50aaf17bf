"""Reading ten thousand declarations, beside readers of the same content as YAML."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import pytest

from grammar.parser import parse
from tests.bench.report import PARSE, Report, verdict
from tests.bench.yaml_twin import yaml_twin
from tests.support.generate import promo_files, promo_text

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

pytestmark = [
    pytest.mark.bench,
    pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="resident memory is read from /proc"),
]

ROOT = Path(__file__).parents[2]
FILES, EACH = 100, 100
PEERS = (
    ("CSafeLoader", "PyYAML CSafeLoader -> dicts", 100, 3),
    ("CSafeLoader-calm", "PyYAML CSafeLoader -> dicts, calm", 100, 3),
    ("compose-calm", "PyYAML C compose -> nodes with positions, calm", 100, 3),
    ("SafeLoader", "PyYAML SafeLoader (pure Python), on 2,000, extrapolated", 20, 1),
    ("ruamel", "ruamel.yaml round trip, on 1,000, extrapolated", 10, 1),
)
"""Reader, name in the table, files of 100, runs."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("declarations")
    for number, (_, text) in enumerate(promo_files(FILES, EACH)):
        (made / f"{number:03}.promo").write_text(text, encoding="utf-8")
        (made / f"{number:03}.yaml").write_text(yaml_twin(text), encoding="utf-8")
    return made


def probe(reader: str, folder: Path, files: int) -> dict[str, float]:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.parse_probe", reader, str(folder), str(files)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, float] = json.loads(done.stdout)
    assert found["files"] == files
    return found


def row_of(runs: list[dict[str, float]], files: int) -> tuple[tuple[str, str, str, str], float, float]:
    """Return the cells of a row, declarations a second, and megabytes at the highest point."""
    whole = FILES / files
    seconds = median(run["seconds"] for run in runs) * whole
    kept, peak = (median(run[name] for run in runs) * whole for name in ("kept", "peak"))
    rate = FILES * EACH / seconds
    return (f"{rate:,.0f}", f"{seconds:.2f}", f"{kept:,.0f}", f"{peak:,.0f}"), rate, peak


def test_the_two_forms_hold_the_same_declarations(folder: Path) -> None:
    import yaml

    for path in (folder / "000.promo", folder / "099.promo"):
        names = [declaration.name.text for declaration in parse(path.read_text(encoding="utf-8")).file.declarations]
        documents = yaml.load_all(path.with_suffix(".yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
        assert [document["metadata"]["name"] for document in documents] == names
        assert len(names) == EACH


def test_promo_reads_ten_thousand(folder: Path, report: Report) -> None:
    cold, rate, peak = row_of([probe("promo", folder, FILES) for _ in range(5)], FILES)
    met = verdict(rate >= 2000 and peak <= 200, ">= 2,000, <= 200 MB")
    report.add(PARSE, "promo -> AST with spans, cold", *cold, met)
    filling, _, _ = row_of([probe("promo-cached", folder, FILES)], FILES)
    report.add(PARSE, "promo, cold, and filling its cache", *filling, "")
    warm, warm_rate, _ = row_of([probe("promo-cached", folder, FILES) for _ in range(5)], FILES)
    met = verdict(warm_rate >= 10 * rate, f"{warm_rate / rate:.1f} x cold (>= 10)")
    report.add(PARSE, "promo, unchanged files from its cache", *warm, met)


def test_one_file_in_process(benchmark: BenchmarkFixture, report: Report) -> None:
    text = promo_text(EACH)
    parsed = benchmark.pedantic(parse, args=(text,), rounds=15, warmup_rounds=2)
    assert len(parsed.file.declarations) == EACH
    seconds = float(benchmark.stats.stats.median)
    cells = f"{EACH / seconds:,.0f}", f"{seconds:.3f}"
    report.add(PARSE, "promo, one file of 100, in a warm process", *cells, "", "", "")


@pytest.mark.parametrize(("reader", "name", "files", "runs"), PEERS, ids=[peer[0] for peer in PEERS])
def test_a_peer_reads(reader: str, name: str, files: int, runs: int, folder: Path, report: Report) -> None:
    found, _, _ = row_of([probe(reader, folder, files) for _ in range(runs)], files)
    report.add(PARSE, name, *found, "")
