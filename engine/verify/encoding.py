"""Conditions as SMT-LIB text: one Boolean for each pattern an attribute is asked about.

A Boolean says that some value of the attribute fits the pattern. What the Booleans of one attribute have to do
with each other is said in two ways: pairs at once (`relation`), the rest by the automaton when a model breaks it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import assert_never

from engine.model.attributes import Attribute, Subject
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
from engine.verify.folding import Atom
from engine.verify.globs import Pattern, contains, overlap, pattern
from engine.verify.words import is_kind

KIND_TRUE = "prod"
"""The kind for which an environment's kind Boolean is true; there are two kinds."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A Boolean of the encoding.

    Attributes:
        number: it is called ``a`` and this number.
        attribute: whose value it is about; None for a test that the encoding does not look into.
        pattern: what some value fits; None for a kind and for opaque tests.
        opaque: the test, where the encoding does not look into it.
    """

    number: int
    attribute: Attribute | None
    pattern: Pattern | None = None
    opaque: Atom | None = None

    def __hash__(self) -> int:
        """Return the number: equal variables have it in common, and it costs nothing."""
        return self.number

    @property
    def symbol(self) -> str:
        """Return its SMT-LIB name."""
        return f"a{self.number}"


@dataclass(frozen=True, slots=True)
class Formula:
    """A condition's text, and the variables in it."""

    text: str
    variables: tuple[Variable, ...]


class Encoder:
    """Turns conditions into text; the same condition is turned once.

    Attributes:
        variables: every variable made so far, by number.
    """

    def __init__(self) -> None:
        """Begin without any variable."""
        self.variables: list[Variable] = []
        self._numbers: dict[tuple[Attribute | None, Pattern | Atom | None], Variable] = {}
        self._formulas: dict[Condition, Formula] = {}

    def formula(self, condition: Condition) -> Formula:
        """Return a condition as text."""
        found = self._formulas.get(condition)
        if found is None:
            used: dict[Variable, None] = {}
            text = self._text(condition, used)
            self._formulas[condition] = found = Formula(text, tuple(used))
        return found

    def variable(self, attribute: Attribute, what: Pattern) -> Variable:
        """Return the variable for an attribute and a pattern."""
        return self._variable(attribute, what)

    def _variable(self, attribute: Attribute | None, what: Pattern | Atom | None) -> Variable:
        key = (attribute, what)
        found = self._numbers.get(key)
        if found is None:
            number = len(self.variables)
            if what is None or isinstance(what, Pattern):
                found = Variable(number, attribute, what)
            else:
                found = Variable(number, None, None, what)
            self._numbers[key] = found
            self.variables.append(found)
        return found

    def _text(self, condition: Condition, used: dict[Variable, None]) -> str:
        match condition:
            case Always():
                return "true"
            case Membership() | Matching() | Bound() | PassedThrough():
                return self._test(condition, used)
            case Negation():
                return f"(not {self._text(condition.operand, used)})"
            case Conjunction():
                return f"(and {' '.join(self._text(operand, used) for operand in condition.operands)})"
            case Disjunction():
                return f"(or {' '.join(self._text(operand, used) for operand in condition.operands)})"
            case _:
                assert_never(condition)

    def _test(self, atom: Atom, used: dict[Variable, None]) -> str:
        if isinstance(atom, PassedThrough | Bound) or atom.attribute.subject is Subject.SETTING:
            variable = self._variable(None, atom)
            used[variable] = None
            return variable.symbol
        if isinstance(atom, Membership) and is_kind(atom.attribute):
            variable = self._variable(atom.attribute, None)
            used[variable] = None
            words = {variable.symbol if value == KIND_TRUE else f"(not {variable.symbol})" for value in atom.values}
            return _either(sorted(words))
        if isinstance(atom, Membership):
            patterns = [Pattern(str(value), False) for value in atom.values]
        else:
            patterns = [pattern(glob) for glob in atom.globs]
        variables = [self._variable(atom.attribute, found) for found in dict.fromkeys(patterns)]
        used.update(dict.fromkeys(variables))
        return _either([variable.symbol for variable in variables])


def _either(texts: list[str]) -> str:
    return texts[0] if len(texts) == 1 else f"(or {' '.join(texts)})"


class Relation:
    """What two patterns of one attribute have to do with each other."""

    NONE, APART, FIRST_IN_SECOND, SECOND_IN_FIRST, SAME = range(5)


@lru_cache(maxsize=200_000)
def relation(first: Pattern, second: Pattern) -> int:
    """Return how two patterns of one value are related; one of the numbers of `Relation`.

    `APART` holds for one value only: several values can fit patterns that have no word in common.
    """
    if not first.glob and not second.glob:
        return Relation.SAME if first.text == second.text else Relation.APART
    if not first.glob:
        return Relation.FIRST_IN_SECOND if second.fits(first.text) else Relation.APART
    if not second.glob:
        return Relation.SECOND_IN_FIRST if first.fits(second.text) else Relation.APART
    inside, around = contains(second.text, first.text), contains(first.text, second.text)
    if inside:
        return Relation.SAME if around else Relation.FIRST_IN_SECOND
    if around:
        return Relation.SECOND_IN_FIRST
    return Relation.NONE if overlap(first.text, second.text) else Relation.APART
