"""The README is true: its commands are run in order in a fresh folder, and print what it shows.

`pytest --update-golden` writes the real output into it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from grammar.parser import parse
from tests.support.shown_commands import rerun

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"


def test_the_tour_prints_what_it_shows(tmp_path: Path, golden: Callable[[Path, str], None]) -> None:
    golden(README, rerun(README.read_text(encoding="utf-8"), tmp_path))


def test_its_example_is_valid() -> None:
    for example in re.findall(r"^```promo\n(.*?)^```", README.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE):
        assert parse(example).diagnostics == ()


def test_its_links_lead_somewhere() -> None:
    for page in (README, *sorted((ROOT / "docs").rglob("*.md")), ROOT / "CONTRIBUTING.md"):
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
