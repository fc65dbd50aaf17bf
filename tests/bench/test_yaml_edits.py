"""Replacing values in YAML: how long it takes, and what else changes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from tests.adapters.yaml.test_peer_table import ROWS
from tests.bench import yaml_editors
from tests.bench.report import EDIT, EXACT, Report, verdict
from tests.bench.yaml_editors import EDITORS, PROMO, Edit, Editor, at, judged, large_values

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

pytestmark = pytest.mark.bench

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus" / "promotions.jsonl"


@dataclass(frozen=True, slots=True)
class Way:
    """A row: an editor, whether its source is a whole sibling file, and whether it has seen the files before."""

    name: str
    editor: Editor
    sibling: bool = False
    seen: bool = False


WAYS = (
    Way("promo, the value alone as source", PROMO),
    Way("promo, a file of the same size as source", PROMO, sibling=True),
    Way("promo, the same again, kept trees", PROMO, sibling=True, seen=True),
    *(Way(editor.name, editor) for editor in EDITORS if editor is not PROMO),
)
FILES = {"documented": 1, "dense": 0}
"""Comment lines a key."""


Found = dict[tuple[str, str], tuple[float, bool]]


@pytest.fixture(scope="module")
def measured() -> Found:
    """Hold milliseconds and whether all other bytes stayed, by way and file; the tests fill it."""
    return {}


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_one_scalar_of_a_large_file(way: Way, file: str, benchmark: BenchmarkFixture, measured: Found) -> None:
    values, place = large_values(FILES[file])
    changed = values.replace('tag: "1.', 'tag: "2.')
    alone = _alone(place, at(yaml.load(changed, yaml.CSafeLoader), place))
    numbers = count()

    def edit() -> tuple[tuple[Edit], dict[str, object]]:
        # Every round edits a text that no editor has seen, unless the row is about one that was seen.
        end = "" if way.seen else f"# {next(numbers)}\n"
        return (Edit(values + end, changed + end if way.sibling else alone, (place,)),), {}

    right, kept = judged(way.editor, edit()[0][0])
    assert right, way.name
    benchmark.pedantic(way.editor.apply, setup=edit, rounds=3 if way.name.startswith("ruamel") else 11)
    measured[way.name, file] = float(benchmark.stats.stats.median) * 1e3, kept


def test_tell_the_edits(measured: Found, report: Report) -> None:
    if len(measured) < len(WAYS) * len(FILES):
        pytest.skip("the table needs all editors with all files")
    for way in WAYS:
        (documented, kept), (dense, kept_too) = (measured[way.name, file] for file in FILES)
        target = verdict(documented <= 10, "<= 10") if way.editor is PROMO and not way.seen else ""
        bytes_kept = "all kept" if kept and kept_too else "some changed"
        report.add(EDIT, way.name, f"{documented:.1f}", f"{dense:.1f}", bytes_kept, target)


def _alone(path: yaml_editors.Path, value: object) -> str:
    for part in reversed(path):
        value = {part: value}
    return yaml.safe_dump(value)


def hard_cases() -> Iterator[Edit]:
    """The rows about one scalar; a query for several values has no counterpart in the other editors."""
    for row in ROWS:
        target, source, query, _ = row.values
        if re.fullmatch(r"\$\.\w+(\.\w+)?", query):
            path = tuple(query[2:].split("."))
            documents = list(yaml.load_all(target, yaml.CSafeLoader))
            number = next(number for number, document in enumerate(documents) if path[0] in document)
            yield Edit(target, source, (path,), number)


def real_promotions() -> Iterator[Edit]:
    """The recorded changes of values that are there on both sides."""
    for line in CORPUS.read_text(encoding="utf-8").splitlines():
        for file in json.loads(line)["files"]:
            paths = tuple(
                tuple(int(part) if part.isdigit() else part for part in re.findall(r"[^.\[\]$]+", path))
                for path in file["changed_paths"] or ()
            )
            edit = Edit(file["before"], file["source"], paths)
            if paths and _both_sides(edit):
                yield edit


def _both_sides(edit: Edit) -> bool:
    before = yaml.load(edit.target, yaml.CSafeLoader)
    try:
        found = [*edit.values().values(), *(at(before, path) for path in edit.paths)]
    except (KeyError, IndexError):
        return False
    return not any(isinstance(value, dict | list) for value in found)


def test_what_else_changes(report: Report) -> None:
    sets = [list(hard_cases()), list(real_promotions()) if CORPUS.exists() else []]
    assert len(sets[0]) > 40
    for editor in EDITORS:
        cells = []
        for edits in sets:
            results = [judged(editor, edit) for edit in edits]
            for column in (0, 1):
                good = sum(result[column] for result in results)
                cells.append(f"{good}/{len(edits)}" if edits else "no corpus")
        if editor is PROMO:
            assert cells[0] == cells[1] == f"{len(sets[0])}/{len(sets[0])}"
        report.add(EXACT, editor.name, *cells)
