"""The tutorial is true: its files are written and its commands are run in order, and print what it shows.

`pytest --update-golden` writes the real output into it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from tests.support.shown_commands import rerun

TUTORIAL = Path(__file__).parents[2] / "docs" / "tutorial.md"


def test_it_prints_what_it_shows(tmp_path: Path, golden: Callable[[Path, str], None]) -> None:
    golden(TUTORIAL, rerun(TUTORIAL.read_text(encoding="utf-8"), tmp_path))


def test_it_goes_through_the_first_hour() -> None:
    run = re.findall(r"^\$ promo ([a-z]+)", TUTORIAL.read_text(encoding="utf-8"), re.MULTILINE)
    wanted = ["init", "check", "eval", "lint", "fmt", "verify", "test", "explain", "diff", "plan"]
    assert [command for command in wanted if command not in run] == []
