"""Which flow of a list can run, by trying every commit over a small alphabet. Shares no code with the engine."""

from __future__ import annotations

import re
from itertools import product as combinations

from engine.model.conditions import Always, Condition, Conjunction, Disjunction, Matching, Membership, Negation

LETTERS = "ab-*x"
WORDS = ["".join(letters) for length in range(5) for letters in combinations(LETTERS, repeat=length)]
SHORT = [word for word in WORDS if 0 < len(word) < 4]
SHAS = ["0" * 40, "a" * 40, "b" * 40, "ab" * 20]

Vector = frozenset[int]


def fits(test: Condition, word: str) -> bool:
    match test:
        case Membership():
            return word in test.values
        case Matching():
            return any(re.fullmatch(re.escape(glob).replace(r"\*", ".*"), word, re.DOTALL) for glob in test.globs)
    raise AssertionError(test)


def tests_of(condition: Condition) -> list[Condition]:
    match condition:
        case Always():
            return []
        case Negation():
            return tests_of(condition.operand)
        case Conjunction() | Disjunction():
            return [test for operand in condition.operands for test in tests_of(operand)]
    return [condition]


def holds(condition: Condition, true: dict[Condition, bool]) -> bool:
    match condition:
        case Always():
            return True
        case Negation():
            return not holds(condition.operand, true)
        case Conjunction():
            return all(holds(operand, true) for operand in condition.operands)
        case Disjunction():
            return any(holds(operand, true) for operand in condition.operands)
    return true[condition]


def possible(tests: list[Condition]) -> list[list[Vector]]:
    """Return, for the message, the author and the revisions, every set of tests that can hold together."""
    about = [test.attribute.field for test in tests]  # type: ignore[union-attr]

    def vector(fields: set[str], word: str) -> Vector:
        return frozenset(n for n, test in enumerate(tests) if about[n] in fields and fits(test, word))

    messages = {vector({"message"}, word) for word in WORDS}
    authors = {frozenset(), *(vector({"author"}, word) for word in WORDS if word)}
    revisions = {vector({"revision"}, sha) for sha in SHAS}
    more = {vector({"branch", "revision"}, word) for word in SHORT} | {vector({"revision"}, word) for word in SHORT}
    todo = list(revisions)
    while todo:
        known = todo.pop()
        for added in more:
            joined = known | added
            if joined not in revisions:
                revisions.add(joined)
                todo.append(joined)
    return [list(messages), list(authors), list(revisions)]


def can_run(conditions: list[Condition]) -> list[bool]:
    """Say for each condition whether some commit fits it and none of those before it."""
    tests = list(dict.fromkeys(test for condition in conditions for test in tests_of(condition)))
    groups = possible(tests)
    found = [False] * len(conditions)
    for chosen in combinations(*groups):
        true = {test: any(n in vector for vector in chosen) for n, test in enumerate(tests)}
        first = next((n for n, condition in enumerate(conditions) if holds(condition, true)), None)
        if first is not None:
            found[first] = True
            if all(found):
                break
    return found


def fits_commit(condition: Condition, message: str, author: str, branches: list[str], revisions: list[str]) -> bool:
    """Say whether a condition holds for one commit."""
    values = {"message": [message], "author": [author] if author else [], "branch": branches, "revision": revisions}
    true = {
        test: any(fits(test, word) for word in values[test.attribute.field])  # type: ignore[union-attr]
        for test in tests_of(condition)
    }
    return holds(condition, true)
