"""Markdown that is too long for where it goes: cut at the end of a line, with nothing left open, and it says so."""

from __future__ import annotations

import re

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")


def fit(text: str, limit: int) -> str:
    """Return a text of at most so many characters.

    Args:
        text: Markdown.
        limit: characters; at least 300.
    """
    if len(text) <= limit:
        return text
    note = f"\n\n_The rest is left out: the whole has {len(text):,} characters, and {limit:,} are allowed here._\n"
    kept = text[: limit - len(note) - 100]
    kept = kept[: kept.rfind("\n") + 1] or kept
    fence = _open_fence(kept)
    ends = [f"\n{fence}"] if fence else []
    ends += ["\n</details>"] * (kept.count("<details>") - kept.count("</details>"))
    return kept.rstrip("\n") + "".join(ends)[:100] + note


def _open_fence(text: str) -> str:
    """Return the fence of a code block that is not closed; empty where none is open."""
    fence = ""
    for line in text.split("\n"):
        found = _FENCE.match(line)
        if found is None:
            continue
        if not fence:
            fence = found[1]
        elif found[1].startswith(fence) and not line[found.end() :].strip():
            fence = ""
    return fence
