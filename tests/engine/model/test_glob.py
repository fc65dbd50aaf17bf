"""Patterns against a matcher that tries everything, over every small pattern and text."""

from __future__ import annotations

from functools import cache
from itertools import product

import pytest

from engine.model.glob import is_literal, matches

LETTERS = "aA-"
"""Both cases of a letter, and something that names do not end with."""


@cache
def tried(glob: str, text: str) -> bool:
    """Say whether a pattern matches, by trying every length for a leading `*`."""
    if not glob:
        return not text
    if glob[0] == "*":
        return any(tried(glob[1:], text[skipped:]) for skipped in range(len(text) + 1))
    return bool(text) and glob[0] == text[0] and tried(glob[1:], text[1:])


def words(letters: str, longest: int) -> list[str]:
    return ["".join(found) for length in range(longest + 1) for found in product(letters, repeat=length)]


def test_every_small_pattern_and_text() -> None:
    texts = words(LETTERS, 4)
    for glob in words(LETTERS + "*", 4):
        for text in texts:
            assert matches(glob, text) == tried(glob, text), (glob, text)


@pytest.mark.parametrize("glob", ["a*a*a", "*a*a", "a**a", "*aa*aa*", "ab*ba", "*ab*ab", "a*-*-a", "*.*.", "a*ba*ab*a"])
def test_parts_never_share_a_character(glob: str) -> None:
    for text in words("ab-.", 6):
        assert matches(glob, text) == tried(glob, text), (glob, text)


@pytest.mark.parametrize(
    ("glob", "text", "expected"),
    [
        ("*", "", True),
        ("**", "", True),
        ("", "", True),
        ("", "a", False),
        ("a*", "a\nb", True),
        ("*/b", "a/b", True),
        ("a?c", "abc", False),
        ("[ab]", "a", False),
        ("fix: *", "fix: two  spaces", True),
    ],
)
def test_only_the_star_is_special(glob: str, text: str, expected: bool) -> None:
    assert matches(glob, text) is expected


def test_a_literal_has_no_star() -> None:
    assert [glob for glob in ("", "a", "a*", "*", "a?") if is_literal(glob)] == ["", "a", "a?"]
