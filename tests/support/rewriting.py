"""Other text in a file, where a test changes one thing of a workspace."""

from __future__ import annotations

from pathlib import Path


def rewrite(file: Path, before: str, after: str) -> None:
    """Replace a text, which must be there, wherever a file has it."""
    text = file.read_text(encoding="utf-8")
    assert before in text, f"{file.name} does not say `{before}`"
    file.write_text(text.replace(before, after), encoding="utf-8")
