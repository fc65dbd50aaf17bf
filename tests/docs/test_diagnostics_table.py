"""`docs/diagnostics.md` lists every code, family by family, and no other."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "diagnostics.md").read_text(encoding="utf-8")
FAMILIES = re.findall(r"^## ([A-Z]): ", TEXT, re.MULTILINE)
ROWS = re.findall(r"^\| ([A-Z][0-9]{3}) \| (error|warning|info|blocker|wait) \| (.+?) \| (.+?) \|$", TEXT, re.MULTILINE)


def _used() -> set[str]:
    """Every code in the source, which is always written as a whole string."""
    return {
        code
        for package in ("grammar", "engine", "adapters")
        for path in (ROOT / package).rglob("*.py")
        for code in re.findall(r'"([A-Z][0-9]{3})"', path.read_text(encoding="utf-8"))
    }


def test_the_families_that_make_input_invalid_are_there() -> None:
    assert {"S", "M", "C"} <= set(FAMILIES)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_is_complete(family: str) -> None:
    documented = [code for code, *_ in ROWS if code.startswith(family)]
    assert documented == sorted(set(documented))
    assert set(documented) == {code for code in _used() if code.startswith(family)}


def test_every_row_belongs_to_a_family_and_is_whole() -> None:
    rows = [line for line in TEXT.splitlines() if re.match(r"\| [A-Z][0-9]", line)]
    assert len(rows) == len(ROWS)
    assert {code[0] for code, *_ in ROWS} <= set(FAMILIES)


def test_severities_are_those_that_are_reported() -> None:
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "tests" / "golden").rglob("diagnostics.txt")]
    reported = {
        (code, severity)
        for text in texts
        for severity, code in re.findall(r"^(error|warning|info)\[([A-Z][0-9]{3})\]", text, re.MULTILINE)
        if code[0] in FAMILIES
    }
    assert reported
    assert reported <= {(code, severity) for code, severity, *_ in ROWS}
