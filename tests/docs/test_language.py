"""The language reference is true: its examples are one valid workspace, and its tables are complete."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.model.attributes import ATTRIBUTES, Subject
from engine.model.build import build_workspace
from engine.model.settings import SETTINGS
from grammar.format import format_text
from grammar.limits import DEFAULT_LIMITS
from grammar.parser import parse
from grammar.vocabulary import DECLARATIONS

TEXT = (Path(__file__).parents[2] / "docs" / "language.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```promo\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE)


def test_the_examples_together_are_one_valid_workspace() -> None:
    parsed = [parse(example, f"example-{number}.promo") for number, example in enumerate(EXAMPLES)]
    assert [found for one in parsed for found in one.diagnostics] == []
    built = build_workspace([one.file for one in parsed])
    assert [found for found in built.diagnostics if found.is_error] == []
    assert {type(node).__name__.lower() for one in parsed for node in one.file.declarations} == set(DECLARATIONS)


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_examples_keep_their_meaning_when_formatted(example: str) -> None:
    formatted = format_text(example).text
    assert formatted is not None
    assert parse(formatted).file.declarations == parse(example).file.declarations


def test_every_declaration_has_a_section() -> None:
    sections = re.findall(r"^## (\S+)$", TEXT, re.MULTILINE)
    assert set(DECLARATIONS) <= set(sections)


def test_every_setting_has_a_row_with_its_manifest_field_and_meaning() -> None:
    for spec in SETTINGS:
        field = f"`{spec.manifest_field}`" if spec.manifest_field else "-"
        assert re.search(
            rf"^\| `{spec.name}` \| [^|]+ \| {re.escape(field)} \| {re.escape(spec.doc)} \|$", TEXT, re.MULTILINE
        )


def test_every_attribute_is_listed() -> None:
    for (subject, field), spec in ATTRIBUTES.items():
        name = field if subject in (Subject.COMMIT, Subject.SETTING) else f"{subject.value}.{field}"
        assert f"`{name}{'.KEY' if spec.keyed else ''}`" in TEXT


def test_the_limits_are_the_real_ones() -> None:
    limits = DEFAULT_LIMITS
    for number in (limits.file_size, limits.name_length, limits.string_length, limits.nesting, limits.diagnostics):
        assert f"{number:,}" in TEXT
