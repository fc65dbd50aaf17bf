"""What the chapters of the demo share."""

from __future__ import annotations

from pathlib import Path


class DemoError(Exception):
    """A step did not do what the demo shows it for; the text says which."""


def replace_once(path: Path, before: str, after: str) -> None:
    """Replace a text that must occur exactly once in a file."""
    text = path.read_text(encoding="utf-8")
    if text.count(before) != 1:
        raise DemoError(f"`{before}` is not once in {path}")
    path.write_text(text.replace(before, after), encoding="utf-8")
