"""Broken texts from good ones: cut, doubled, swapped and sprinkled with what hurts."""

from __future__ import annotations

from random import Random

_FRAGMENTS = (
    "{", "}", "[", "]", "(", ")", '"', "'", ",", "=", "==", "!", "&&", "|", ":", ";", "#", "\\", "\\u{d800}", "\\q",
    "\n", "\r", "\r\n", "\t", "\f", "\x00", "\x1b[31m", "\ufeff", "\u00a0", "\u201c", "\u202e", "\u043e", "\ud800",
    "not ", "and ", " or", "when", "policy x {", "flow f { step", "test", "in [", "matches ", "passed ", "a.b",
    "1", "-1", "2h", "9:00", "09:00", "2026-12-20", "2026-12-20T18:00", "99999999999999999999", "- ", "--", ".", "/",
)  # fmt: skip


def mutated(text: str, random: Random) -> str:
    """Return a text with one to four random changes."""
    for _ in range(random.randrange(1, 5)):
        start = random.randrange(len(text) + 1)
        end = min(len(text), start + random.choice((0, 0, 1, 2, 5, 20)))
        kind = random.randrange(4)
        if kind == 0:
            text = text[:start] + text[end:]
        elif kind == 1:
            text = text[:start] + text[start:end] * 2 + text[end:]
        elif kind == 2:
            other = random.randrange(len(text) + 1)
            text = text[:start] + text[other : other + 12] + text[end:]
        else:
            text = text[:start] + random.choice(_FRAGMENTS) + text[end:]
    return text
