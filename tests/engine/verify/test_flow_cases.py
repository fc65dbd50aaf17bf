"""Every check of triggers, flows and collisions has a workspace with a finding and one with a proof."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.workspace import load
from engine.verify.checks.registry import CHECKS
from engine.verify.verification import verify_workspace

CASES = Path(__file__).parents[2] / "verify" / "cases"
NAMES = sorted(folder.name for folder in CASES.iterdir() if folder.name[:2] in ("v6", "v7", "v8"))
CODES = sorted(check.code for check in CHECKS if check.code[:2] in ("V6", "V7", "V8"))


@pytest.mark.parametrize("code", CODES)
def test_a_check_has_a_case_with_a_finding_and_one_without(code: str) -> None:
    own = [name for name in NAMES if name.startswith(code.lower())]
    texts = {name: (CASES / name / "expected.txt").read_text(encoding="utf-8") for name in own}
    assert any(code in text for text in texts.values())
    assert any("fine" in name and code not in text for name, text in texts.items())


@pytest.mark.parametrize("code", CODES)
def test_a_proof_is_reported_where_there_is_nothing_to_find(code: str) -> None:
    fine = [name for name in NAMES if name.startswith(f"{code.lower()}-fine")]
    reports = [verify_workspace(load(CASES / name).workspace, only=[code]) for name in fine]
    assert any(proved.code == code for report in reports for proved in report.proved)
