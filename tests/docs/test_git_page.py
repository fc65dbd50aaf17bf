"""`docs/git.md` is true: its commit message is the one that is written, its settings are read."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from adapters.git.changes.landing import Patience
from adapters.git.changes.message import commit_message
from adapters.git.changes.proposing import MARKS
from adapters.workspace.settings_file import read_configuration
from tests.support.changes import promotion

TEXT = (Path(__file__).parents[2] / "docs" / "git.md").read_text(encoding="utf-8")


def _block(language: str) -> str:
    found = re.search(rf"^```{language}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


def test_the_message_is_the_one_that_is_written() -> None:
    shown = _block("")
    commit = re.search(r"[0-9a-f]{40}", shown)
    assert commit is not None
    assert shown == commit_message(replace(promotion("u", commit[0]), url="")) + "\n"


def test_the_settings_are_read() -> None:
    configuration, problems = read_configuration(_block("toml"), "promo.toml")
    assert not problems
    assert configuration.git.author == "Promo <promo@example.com>"
    assert configuration.git.sign.startswith("ssh:")


def test_numbers_and_names() -> None:
    assert Patience().attempts == 10
    assert "up to ten times" in TEXT
    assert f"`{MARKS}`" in TEXT
