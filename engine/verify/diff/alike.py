"""Whether two conditions say the same in other words, judged by their tests: for what no point can be found for.

What `that` asks of settings, and what templates ask of applications, is about nothing the prover makes points of.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

from engine.model.attributes import ATTRIBUTES, WORDS, Attribute, ValueType
from engine.model.conditions import ALWAYS, Condition, Matching, Membership, atoms
from engine.verify.folding import Atom, fold

_MOST_TESTS = 12
"""Different tests of two conditions that are tried in every combination: at most 4,096."""


def alike(one: Condition, other: Condition) -> bool:
    """Say whether two conditions hold for the same whatever their single tests say; a no may mean: not found out.

    Lists are taken apart into their values first, so that `x in [a, b]` is alike `x == b or x == a`; of what has one
    value, two are never true at once, and an environment always has a kind.
    """
    if one == other:
        return True
    tests = list(dict.fromkeys(single for condition in (one, other) for single in _singles(condition)))
    if len(tests) > _MOST_TESTS:
        return False
    return all(_holds(one, true) == _holds(other, true) for true in _combinations(tests))


def _combinations(tests: list[Atom]) -> Iterator[frozenset[Atom]]:
    """Yield the sets of tests that may be true together."""
    for answers in product((False, True), repeat=len(tests)):
        true = frozenset(test for test, answer in zip(tests, answers, strict=True) if answer)
        if _possible(true, tests):
            yield true


def _possible(true: frozenset[Atom], tests: list[Atom]) -> bool:
    equal = [test.attribute for test in true if isinstance(test, Membership)]
    single = [attribute for attribute in equal if not ATTRIBUTES[attribute.subject, attribute.field].many]
    kinds = {test.attribute for test in tests if isinstance(test, Membership) and _is_kind(test.attribute)}
    return len(set(single)) == len(single) and kinds <= set(single)


def _holds(condition: Condition, true: frozenset[Atom]) -> bool:
    return fold(condition, lambda atom: any(single in true for single in _parts(atom))) == ALWAYS


def _singles(condition: Condition) -> Iterator[Atom]:
    for atom in atoms(condition):
        if isinstance(atom, Membership) and _is_kind(atom.attribute):
            yield from (Membership(atom.attribute, (word,)) for word in WORDS[ValueType.KIND])
        else:
            yield from _parts(atom)


def _parts(atom: Atom) -> list[Atom]:
    """Return tests of one value each, of which one holds exactly when a test does."""
    match atom:
        case Membership():
            return [Membership(atom.attribute, (value,)) for value in atom.values]
        case Matching():
            return [_pattern(atom.attribute, glob) for glob in atom.globs]
        case _:
            return [atom]


def _pattern(attribute: Attribute, glob: str) -> Atom:
    """Return the test of one pattern, in one form for patterns that fit the same."""
    if "*" not in glob:
        return Membership(attribute, (glob,))
    return Matching(attribute, (re.sub(r"\*+", "*", glob),))


def _is_kind(attribute: Attribute) -> bool:
    return ATTRIBUTES[attribute.subject, attribute.field].type is ValueType.KIND
