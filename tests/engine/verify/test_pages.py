"""The page of a check is true: what it says is refuted is, and what it says is proved is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.verify.checks.registry import CHECKS
from tests.engine.verify.promo_text import verified

FOLDER = Path(__file__).parents[3] / "docs" / "verify"
CHECK_BY_CODE = {check.code: check for check in CHECKS}
MERGING = [check.code for check in CHECKS if check.code < "V5"]
NEVER_REFUTED = ("V102",)
"""Proofs about the checks themselves: a finding would be a defect of this program."""


def example(code: str, heading: str) -> str | None:
    page = (FOLDER / f"{code}.md").read_text(encoding="utf-8")
    found = re.search(rf"^## {heading}\n(?:(?!^## ).)*?^```promo\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    return found[1] if found else None


@pytest.mark.parametrize("code", MERGING)
def test_the_page_names_its_check(code: str) -> None:
    title = (FOLDER / f"{code}.md").read_text(encoding="utf-8").splitlines()[0]
    assert title.replace("-", " ") == f"# {code}: {CHECK_BY_CODE[code].name.replace('-', ' ')}"


@pytest.mark.parametrize("code", [code for code in MERGING if code not in NEVER_REFUTED])
def test_the_refuted_example_is_refuted(code: str) -> None:
    text = example(code, "Refuted")
    assert text is not None
    report = verified(text)
    assert {found.code for found in report.findings} >= {code}
    assert report.unknown == ()


@pytest.mark.parametrize("code", MERGING)
def test_the_proved_example_is_proved(code: str) -> None:
    text = example(code, "Proved")
    assert text is not None
    report = verified(text, code)
    assert report.findings == ()
    assert report.unknown == ()
    assert {held.code for held in report.proved} == {code}
