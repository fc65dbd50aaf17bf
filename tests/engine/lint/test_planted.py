"""Defects planted in the largest shipped workspace: each is found where it is, and nothing else is said."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import NamedTuple

import pytest

from adapters.workspace.linting import lint_loaded
from adapters.workspace.loading import Loaded, load, revised

FOLDER = Path(__file__).parents[3] / "policies" / "enterprise"

TABLE = Path(__file__).parents[2] / "golden" / "lint" / "planted.toml"


class Planted(NamedTuple):
    """A defect: in a file a text becomes another, and a rule finds it on a line that holds a mark.

    ``also`` are the codes that follow from it.
    """

    code: str
    file: str
    before: str
    after: str
    mark: str
    also: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.code}-{self.file.rpartition('/')[2]}"


PLANTED = [
    Planted(one["code"], one["file"], one["before"], one["after"], one["mark"], tuple(one.get("also", ())))
    for one in tomllib.loads(TABLE.read_text(encoding="utf-8"))["planted"]
]


@pytest.fixture(scope="module")
def enterprise() -> Loaded:
    return load(FOLDER)


def test_the_clean_version_is_clean(enterprise: Loaded) -> None:
    assert lint_loaded(enterprise) == ()


@pytest.mark.parametrize("planted", PLANTED, ids=str)
def test_a_defect_is_found_where_it_is(planted: Planted, enterprise: Loaded) -> None:
    name = next(name for name in enterprise.sources if name.endswith(f"enterprise/{planted.file}"))
    text = enterprise.sources.texts[name]
    assert planted.before in text
    spoilt = revised(enterprise, {name: text.replace(planted.before, planted.after, 1)})
    assert not spoilt.broken, spoilt.diagnostics
    findings = lint_loaded(spoilt)
    lines = {}
    for found in findings:
        source = spoilt.sources[found.span.source]
        lines[found] = source.line(source.position(found.span.start).line)
    assert any(found.code == planted.code and planted.mark in line for found, line in lines.items()), lines
    assert {found.code for found in findings} == {planted.code, *planted.also}


def test_there_are_enough() -> None:
    assert len(PLANTED) >= 40
    assert len({planted.code for planted in PLANTED}) >= 35
