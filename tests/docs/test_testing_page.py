"""The page about tests is true: its example passes, and its tables name what there is."""

from __future__ import annotations

import re
from pathlib import Path

from engine.testing.blocking import KNOWN_CODES
from engine.testing.coverage import Kind
from engine.testing.mutation import Change
from grammar.format import format_text
from tests.support.testing_world import told, workspace_of

PAGE = (Path(__file__).parents[2] / "docs" / "testing.md").read_text(encoding="utf-8")
(EXAMPLE,) = re.findall(r"^```promo\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


def test_the_example_passes_and_is_formatted() -> None:
    world = workspace_of(EXAMPLE)
    assert len(world.tests) == 1
    assert told(world) == []
    assert format_text(EXAMPLE).text == EXAMPLE


def rows(head: str) -> list[str]:
    _, _, table = PAGE.partition(f"| {head} |")
    return re.findall(r"^\| ([a-z ]+) \|", table.partition("\n\n")[0], re.MULTILINE)


def test_every_kind_of_coverage_is_explained() -> None:
    assert rows("Kind") == [kind.value for kind in Kind]


def test_every_kind_of_change_is_explained() -> None:
    assert rows("Change") == [change.value for change in Change]


def test_every_code_that_a_test_can_be_about_is_named() -> None:
    codes = [f"`{code.value}`" for code in KNOWN_CODES]
    assert f"{', '.join(codes[:-1])} and {codes[-1]}" in PAGE
