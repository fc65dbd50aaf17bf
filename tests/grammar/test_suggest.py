"""Did you mean."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grammar.suggest import did_you_mean, distance, nearest

words = st.text("abcd", max_size=7)


def plain_distance(left: str, right: str) -> int:
    """Optimal string alignment by the textbook."""
    rows = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for i in range(len(left) + 1):
        for j in range(len(right) + 1):
            if i == 0 or j == 0:
                rows[i][j] = i + j
                continue
            best = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (left[i - 1] != right[j - 1]))
            if i > 1 and j > 1 and left[i - 1] == right[j - 2] and left[i - 2] == right[j - 1]:
                best = min(best, rows[i - 2][j - 2] + 1)
            rows[i][j] = best
    return rows[-1][-1]


@settings(max_examples=500)
@given(words, words, st.integers(0, 7))
def test_the_distance_is_exact_up_to_its_limit(left: str, right: str, limit: int) -> None:
    assert distance(left, right, limit) == min(plain_distance(left, right), limit + 1)


@pytest.mark.parametrize(
    ("word", "candidates", "found"),
    [
        ("acton", ["action", "soak"], "action"),
        ("ACTION", ["action"], "action"),
        ("acitno", ["action"], "action"),
        ("zzz", ["action"], None),
        ("a", ["b"], "b"),
        ("ab", ["ac", "ad"], "ac"),
        ("x" * 101, ["x" * 101], None),
        ("word", [], None),
    ],
)
def test_the_nearest_word(word: str, candidates: list[str], found: str | None) -> None:
    assert nearest(word, candidates) == found
    assert nearest(word, reversed(candidates)) == found


def test_the_sentence() -> None:
    assert did_you_mean("acton", ["action"]) == "did you mean `action`?"
    assert did_you_mean("zzz", ["action"]) == ""
