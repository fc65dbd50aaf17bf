"""Every blocker of the plan is documented."""

from __future__ import annotations

import re
from pathlib import Path

from engine.plan.nodes import BlockerCode

TEXT = (Path(__file__).parents[2] / "docs" / "diagnostics.md").read_text(encoding="utf-8")


def test_every_blocker_has_a_row_and_no_row_is_left_over() -> None:
    assert re.findall(r"^\| (P\d{3}) \|", TEXT, re.MULTILINE) == [code.value for code in BlockerCode]
