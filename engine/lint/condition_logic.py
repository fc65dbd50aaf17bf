"""What conditions can come to, judged by their form alone.

A condition is taken apart into alternatives, each a list of tests that must hold or must not. An alternative is
refused only where that is certain: two values for one name, a test and its opposite, bounds that exclude each other.
What is too large to take apart is left alone. Source: domain, conditions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, assert_never

from engine.model.attributes import ATTRIBUTES, WORDS, Attribute, Subject
from engine.model.conditions import (
    Always,
    Bound,
    Condition,
    Conjunction,
    Disjunction,
    Matching,
    Membership,
    Negation,
    PassedThrough,
)
from engine.model.glob import matches
from engine.model.values import Scalar

MOST_ALTERNATIVES = 128
"""Alternatives that are looked at; a condition with more is not judged."""

Atom = Membership | Matching | Bound | PassedThrough


class Literal(NamedTuple):
    """A test, and whether it must hold."""

    atom: Atom
    positive: bool


_new = tuple.__new__

Clause = tuple[Literal, ...]

Grouped = dict[Attribute | str, list[Literal]]
"""The tests of an alternative by what they ask about: an attribute, or the environment that was passed."""


def impossible(condition: Condition, *, named: bool) -> bool:
    """Say whether a condition certainly holds for nothing.

    Args:
        condition: any condition.
        named: whether it is only asked about a product and an environment, which have a name and a kind.
    """
    if isinstance(condition, Membership):
        return False
    clauses = alternatives(condition, True)
    return clauses is not None and all(contradiction(clause, named=named) for clause in clauses)


def exclude(left: Condition, right: Condition, *, named: bool) -> bool:
    """Say whether two conditions certainly never hold at once, as `impossible` would of both joined.

    Args:
        left: one of them.
        right: the other.
        named: whether they are only asked about a product and an environment, which have a name and a kind.
    """
    together = _product((alternatives(left, True), alternatives(right, True)))
    return together is not None and all(contradiction(clause, named=named) for clause in together)


def certain(condition: Condition, *, named: bool) -> bool:
    """Say whether a condition that is written certainly holds for everything; a missing one is not written."""
    if isinstance(condition, Membership):
        return named and _always_present(condition.attribute) and _names_all(condition)
    if isinstance(condition, Always) or _asks_for_some(condition):
        return False
    clauses = alternatives(condition, False)
    return clauses is not None and all(contradiction(clause, named=named) for clause in clauses)


def _names_all(test: Membership) -> bool:
    """Say whether a test lists every value that there is."""
    words = _words(test.attribute)
    return words is not None and all(word in test.values for word in words)


def _asks_for_some(condition: Condition) -> bool:
    """Say whether a condition is made of tests alone that some value always fails, so that it is never certain."""
    match condition:
        case Membership():
            return not _closed(condition.attribute)
        case Matching():
            return "*" not in condition.globs and not _closed(condition.attribute)
        case Conjunction() | Disjunction():
            return all(map(_asks_for_some, condition.operands))
        case _:
            return False


def alternatives(condition: Condition, positive: bool) -> tuple[Clause, ...] | None:
    """Return the alternatives of a condition, or of its negation; None where there are too many."""
    match condition:
        case Membership() | Matching() | Bound() | PassedThrough():
            return ((_new(Literal, (condition, positive)),),)
        case Negation():
            return alternatives(condition.operand, not positive)
        case Conjunction() | Disjunction():
            parts = [alternatives(operand, positive) for operand in condition.operands]
            if isinstance(condition, Conjunction) == positive:
                return _product(parts)
            joined = [clause for part in parts if part is not None for clause in part]
            return None if None in parts or len(joined) > MOST_ALTERNATIVES else tuple(joined)
        case Always():
            return ((),) if positive else ()
        case _:
            assert_never(condition)


def _product(parts: Iterable[Sequence[Clause] | None]) -> tuple[Clause, ...] | None:
    made: list[Clause] = [()]
    for part in parts:
        if part is None or len(made) * len(part) > MOST_ALTERNATIVES:
            return None
        made = [(*before, *clause) for before in made for clause in part]
    return tuple(made)


def contradiction(clause: Clause, *, named: bool) -> tuple[Atom, ...]:
    """Return tests of an alternative that exclude each other; none where it may hold.

    Args:
        clause: tests that must hold or must not, all at once.
        named: whether product and environment have a name and a kind.
    """
    if len(clause) == 1 and _may_hold(clause[0]):
        return ()
    return next(
        (tuple(literal.atom for literal in guilty) for guilty in contradictions(grouped(clause), named=named)), ()
    )


def contradictions(groups: Grouped, *, named: bool) -> Iterator[list[Literal]]:
    """Yield the groups of tests of an alternative that exclude each other; see `contradiction`."""
    for key, literals in groups.items():
        if _contradict(key, literals, named):
            yield literals


def grouped(clause: Clause) -> Grouped:
    """Return the tests of an alternative by what they ask about, in the order written."""
    groups: Grouped = {}
    for literal in clause:
        atom = literal.atom
        key = atom.environment if isinstance(atom, PassedThrough) else atom.attribute
        groups.setdefault(key, []).append(literal)
    return groups


def contradict_each_other(left: Grouped, right: Grouped, *, named: bool) -> bool:
    """Say whether two alternatives exclude each other, as `contradiction` would find of both joined.

    Neither may contradict itself: then only what both ask about, and ask differently, can be guilty.
    """
    return any(
        theirs != literals and _contradict(key, literals + theirs, named)
        for key, literals in left.items()
        if (theirs := right.get(key)) is not None
    )


def _contradict(key: Attribute | str, literals: list[Literal], named: bool) -> bool:
    """Say whether tests of one thing exclude each other."""
    if len(literals) == 1 and _may_hold(literals[0]):
        return False
    if isinstance(key, str):
        return len({literal.positive for literal in literals}) == 2
    if ATTRIBUTES[key.subject, key.field].many:
        return _many_contradict(literals)
    return _one_contradicts(key, literals, named)


def _may_hold(literal: Literal) -> bool:
    """Say whether a test that stands alone needs no closer look: one of the values it names fits it."""
    return literal.positive and isinstance(literal.atom, Membership)


def _many_contradict(literals: list[Literal]) -> bool:
    """Say whether tests of an attribute with several values exclude each other: one needs what another forbids."""
    refused = [literal.atom for literal in literals if not literal.positive]
    return any(literal.positive and _covered(literal.atom, refused) for literal in literals)


def _covered(atom: Atom, refused: Iterable[Atom]) -> bool:
    """Say whether every value that fits a test also fits one of others."""
    match atom:
        case Membership():
            return all(any(_fits(value, other) for other in refused) for value in atom.values)
        case Matching():
            globs = [glob for other in refused if isinstance(other, Matching) for glob in other.globs]
            return all(any(wider(glob, own) for glob in globs) for own in atom.globs)
        case _:
            return False


def wider(glob: str, other: str) -> bool:
    """Say whether everything that one pattern matches, another does too; when in doubt, not."""
    return matches(glob, other)


def _fits(value: Scalar, atom: Atom) -> bool:
    match atom:
        case Membership():
            return value in atom.values
        case Matching():
            return isinstance(value, str) and any(matches(glob, value) for glob in atom.globs)
        case Bound():
            return isinstance(value, int) and _in_bound(value, atom)
        case PassedThrough():
            return False


def _in_bound(value: int, bound: Bound) -> bool:
    match bound.operator:
        case "<":
            return value < bound.value
        case "<=":
            return value <= bound.value
        case ">":
            return value > bound.value
        case _:
            return value >= bound.value


def _one_contradicts(attribute: Attribute, literals: list[Literal], named: bool) -> bool:
    """Say whether tests of an attribute with one value at most exclude each other."""
    wanted = [literal.atom for literal in literals if literal.positive]
    refused = [literal.atom for literal in literals if not literal.positive]
    present = bool(wanted) or (named and _always_present(attribute))
    if not present:
        return False
    candidates = _candidates(attribute, wanted)
    if candidates is not None:
        return not any(
            all(_fits(value, atom) for atom in wanted) and not any(_fits(value, atom) for atom in refused)
            for value in candidates
        )
    if any(isinstance(atom, Matching) and "*" in atom.globs for atom in refused):
        return True
    return (
        _ends_apart([atom for atom in wanted if isinstance(atom, Matching)])
        or any(_covered(atom, refused) for atom in wanted)
        or _no_number(wanted, refused)
    )


def _always_present(attribute: Attribute) -> bool:
    return attribute.subject in (Subject.PRODUCT, Subject.ENVIRONMENT) and attribute.field in ("name", "kind")


def _candidates(attribute: Attribute, wanted: list[Atom]) -> tuple[Scalar, ...] | None:
    """Return the values an attribute can have, where they can be listed."""
    listed = [atom.values for atom in wanted if isinstance(atom, Membership)]
    return min(listed, key=len) if listed else _words(attribute)


def _closed(attribute: Attribute) -> bool:
    """Say whether the values an attribute can have can be listed, so that a test may name all of them."""
    return _words(attribute) is not None


def _words(attribute: Attribute) -> tuple[str, ...] | None:
    """Return the values an attribute can have; None where they cannot be listed."""
    return WORDS.get(ATTRIBUTES[attribute.subject, attribute.field].type)


def _ends_apart(patterns: list[Matching]) -> bool:
    """Say whether no text can begin, or end, as two patterns ask."""
    return any(
        all(_apart(one, other) for one in left.globs for other in right.globs)
        for number, left in enumerate(patterns)
        for right in patterns[number + 1 :]
    )


def _apart(left: str, right: str) -> bool:
    """Say whether two patterns ask for different beginnings or different ends."""
    begins = (left.partition("*")[0], right.partition("*")[0])
    ends = (left.rpartition("*")[2], right.rpartition("*")[2])
    starts_differ = not begins[0].startswith(begins[1]) and not begins[1].startswith(begins[0])
    return starts_differ or (not ends[0].endswith(ends[1]) and not ends[1].endswith(ends[0]))


def _no_number(wanted: list[Atom], refused: list[Atom]) -> bool:
    """Say whether bounds leave no whole number of zero or more."""
    low, high = 0, None
    bounds = [(atom, True) for atom in wanted if isinstance(atom, Bound)]
    bounds += [(atom, False) for atom in refused if isinstance(atom, Bound)]
    if not bounds:
        return False
    opposite = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}
    for atom, positive in bounds:
        operator = atom.operator if positive else opposite[atom.operator]
        if operator in (">", ">="):
            low = max(low, atom.value + (operator == ">"))
        else:
            top = atom.value - (operator == "<")
            high = top if high is None else min(high, top)
    return high is not None and low > high
