"""`docs/lint.md`: its configuration can be read, its example is silenced, its forms are those that exist."""

from __future__ import annotations

import re
from pathlib import Path

from adapters.cli.commands.lint import FORMATS
from adapters.workspace.settings_file import read_configuration
from tests.support.lint_world import codes

TEXT = (Path(__file__).parents[2] / "docs" / "lint.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    match = re.search(rf"^```{language}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    assert match
    return match[1]


def test_the_configuration_is_right() -> None:
    configuration, found = read_configuration(block("toml"), "promo.toml")
    assert found == ()
    assert configuration.lint.fail_level == "warning"
    assert configuration.lint.paths


def test_the_example_is_silenced() -> None:
    assert codes(block("promo")) == ["L314"]


def test_the_forms_are_listed() -> None:
    assert tuple(re.findall(r"^\| `(\w+)` \|", TEXT, re.MULTILINE)) == FORMATS
