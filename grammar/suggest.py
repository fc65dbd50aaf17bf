"""Did you mean: the nearest of the names that would have been right."""

from __future__ import annotations

from collections.abc import Iterable


def distance(left: str, right: str, limit: int) -> int:
    """Return the optimal string alignment distance, or ``limit + 1`` when it is larger.

    Insertions, deletions, replacements and swaps of neighbours cost one each.
    Cost: O(len(left) * limit).
    """
    if abs(len(left) - len(right)) > limit:
        return limit + 1
    before_previous: list[int] = []
    previous = list(range(len(right) + 1))
    for row, character in enumerate(left, 1):
        current = [row]
        for column, other in enumerate(right, 1):
            cost = min(
                previous[column] + 1,
                current[column - 1] + 1,
                previous[column - 1] + (character != other),
            )
            if row > 1 and column > 1 and character == right[column - 2] and left[row - 2] == other:
                cost = min(cost, before_previous[column - 2] + 1)
            current.append(cost)
        if min(current) > limit:
            return limit + 1
        before_previous, previous = previous, current
    return min(previous[-1], limit + 1)


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate most like a word, or None when nothing is close enough.

    Close enough is a third of the longer word's length, and at least one edit; case does not count.
    Ties go to the alphabetically first, so that messages never depend on order.
    """
    if len(word) > 100:
        return None
    best: tuple[int, str] | None = None
    lowered = word.lower()
    for candidate in sorted(set(candidates)):
        limit = max(1, max(len(word), len(candidate)) // 3)
        if best is not None:
            limit = min(limit, best[0] - 1)
        if limit < 0:
            break
        found = distance(lowered, candidate.lower(), limit)
        if found <= limit:
            best = (found, candidate)
    return best[1] if best else None


def did_you_mean(word: str, candidates: Iterable[str]) -> str:
    """Return ``did you mean `x`?``, or an empty text when nothing is close."""
    found = nearest(word, candidates)
    return f"did you mean `{found}`?" if found else ""
