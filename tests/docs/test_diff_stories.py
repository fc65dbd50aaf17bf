"""What `docs/verification.md` quotes of the review stories is what promo says."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
STORIES = ROOT / "tests" / "verify" / "stories"


def test_every_quoted_block_is_said() -> None:
    page = (ROOT / "docs" / "verification.md").read_text(encoding="utf-8")
    section = page.partition("## Three reviews\n")[2].partition("\n## ")[0]
    told = [path.read_text(encoding="utf-8") for path in sorted(STORIES.glob("*/*.txt"))]
    told += [path.read_text(encoding="utf-8") for path in sorted(STORIES.glob("*/after/*.promo"))]
    blocks = re.findall(r"^```\w*\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 4
    for block in blocks:
        assert any(block in text for text in told), block
