"""The examples of the checks' pages show what they say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from adapters.workspace import load
from engine.verify.checks.registry import CHECKS
from engine.verify.verification import verify_workspace

PAGES = Path(__file__).parents[3] / "docs" / "verify"
OWN = {check.code: check for check in CHECKS if check.code[:2] in ("V6", "V7", "V8")}
_BLOCK = re.compile(r"^```(promo|yaml)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def example(code: str, heading: str, folder: Path) -> list[str]:
    """Return the codes found in the example below a heading."""
    text = (PAGES / f"{code}.md").read_text(encoding="utf-8")
    _, _, below = text.partition(f"\n## {heading}\n")
    for language, content in _BLOCK.findall(below.partition("\n## ")[0]):
        (folder / f"example.{language}").write_text(content, encoding="utf-8")
    loaded = load(folder)
    assert loaded.read
    assert not loaded.diagnostics
    return [finding.code for finding in verify_workspace(loaded.workspace).findings]


@pytest.mark.parametrize("code", sorted(OWN))
def test_the_refuted_example_is_refuted_by_this_check_alone(code: str, tmp_path: Path) -> None:
    assert set(example(code, "Refuted", tmp_path)) == {code}


@pytest.mark.parametrize("code", sorted(OWN))
def test_in_the_proved_example_there_is_nothing_to_find(code: str, tmp_path: Path) -> None:
    assert example(code, "Proved", tmp_path) == []


@pytest.mark.parametrize("code", sorted(OWN))
def test_a_page_says_what_the_check_says_of_itself(code: str) -> None:
    text = (PAGES / f"{code}.md").read_text(encoding="utf-8")
    assert text.startswith(f"# {code}: {OWN[code].name}\n\n{OWN[code].doc}\n")
    assert f"| Severity | {OWN[code].severity.value} |" in text
    assert "\n## Why\n" in text
    assert "\n## What to do\n" in text
