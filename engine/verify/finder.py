"""Guesses a point that fulfils conditions, without the prover.

The guess takes the first way each condition offers, and leaves everything else out: an unknown name, no labels.
Where criteria are positive this generic point matches as few other policies as possible, so it settles most
goals. A guess is always checked; where there is none, or it is wrong, the goal goes to the prover: nothing is
ever proved here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product as pairs_of

from engine.model.attributes import Attribute, Subject
from engine.model.conditions import ALWAYS, Condition, Disjunction, Matching, Membership, Negation, conjuncts
from engine.model.values import Scalar
from engine.resolve.evaluation import evaluate
from engine.resolve.rows import conjunction, rows
from engine.verify.globs import Pattern, TooComplexError, pattern, word
from engine.verify.points import Side, Witness
from engine.verify.realisation import new_side, ordinary_name, some_text
from engine.verify.words import domain_of, is_kind
from engine.verify.world import World

_MOST_NAMES = 4
"""Names of a list that are tried; a rule that needs a later one is left to the prover."""


class Finder:
    """Guesses points of a world; sides are guessed once for each condition."""

    def __init__(self, world: World) -> None:
        """Prepare for guesses."""
        self._world = world
        self._sides: dict[tuple[Subject, Condition], tuple[Side, ...]] = {}

    def candidates(
        self, must: Iterable[Condition], product: Side | None = None, environment: Side | None = None
    ) -> Iterator[Witness]:
        """Yield points that fulfil all of some conditions, the simplest ways first.

        Args:
            must: about products and environments only.
            product: the only product to look at; None for all.
            environment: the only environment to look at; None for all.
        """
        for row in rows(conjunction(must)):
            products = self._fitting(row.product, Subject.PRODUCT, product)
            environments = self._fitting(row.environment, Subject.ENVIRONMENT, environment)
            for one, other in pairs_of(products, environments):
                witness = Witness(one, other)
                if row.rest == ALWAYS or evaluate(row.rest, witness.facts()):
                    yield witness

    def _fitting(self, condition: Condition, subject: Subject, pinned: Side | None) -> tuple[Side, ...]:
        if pinned is not None:
            return (pinned,) if evaluate(condition, pinned.facts) else ()
        key = (subject, condition)
        found = self._sides.get(key)
        if found is None:
            guesses = _guesses(self._world, condition, subject)
            found = self._sides[key] = tuple(guess for guess in guesses if evaluate(condition, guess.facts))
        return found


def _guesses(world: World, condition: Condition, subject: Subject) -> Iterator[Side]:
    """Yield sides that take the first way of each test."""
    tests: dict[Attribute, list[Membership | Matching]] = {}
    for part in conjuncts(condition):
        chosen = part
        while isinstance(chosen, Disjunction):
            chosen = chosen.operands[0]
        for test in conjuncts(chosen):
            if isinstance(test, Membership | Matching):
                tests.setdefault(test.attribute, []).append(test)
    excluded = _excluded(condition)
    name = Attribute(subject, "name")
    try:
        names = list(_names(world, subject, tests.pop(name, []), excluded.get(name, frozenset())))
        values = {
            attribute: _values(attribute, found, excluded.get(attribute, frozenset()))
            for attribute, found in tests.items()
        }
    except TooComplexError:
        return
    for called in names:
        yield world.declared(subject, called) or new_side(subject, called, values)


def _excluded(condition: Condition) -> dict[Attribute, frozenset[Pattern]]:
    """Return the patterns that must not fit, as far as they stand in the open."""
    found: dict[Attribute, frozenset[Pattern]] = {}
    for part in conjuncts(condition):
        if isinstance(part, Negation) and isinstance(part.operand, Membership | Matching):
            attribute = part.operand.attribute
            found[attribute] = found.get(attribute, frozenset()) | frozenset(_patterns(part.operand))
    return found


def _patterns(test: Membership | Matching) -> list[Pattern]:
    if isinstance(test, Membership):
        return [Pattern(str(value), False) for value in test.values]
    return [pattern(glob) for glob in test.globs]


def _names(
    world: World, subject: Subject, tests: list[Membership | Matching], excluded: frozenset[Pattern]
) -> Iterator[str]:
    if not tests:
        yield ordinary_name(world, subject)
        return
    language = domain_of(Attribute(subject, "name")).language
    first, *rest = sorted(tests, key=lambda test: isinstance(test, Matching))
    options = _patterns(first)
    for option in options if isinstance(first, Matching) else options[:_MOST_NAMES]:
        if not option.glob:
            yield option.text
            continue
        fitting = frozenset((option, *(_patterns(test)[0] for test in rest)))
        found = word(fitting, excluded, language)
        while found is not None and world.declared(subject, found) is not None:
            excluded |= {Pattern(found, False)}
            found = word(fitting, excluded, language)
        if found is not None:
            yield found


def _values(
    attribute: Attribute, tests: list[Membership | Matching], excluded: frozenset[Pattern]
) -> tuple[Scalar, ...]:
    domain = domain_of(attribute)
    if is_kind(attribute):
        return (str(tests[0].values[0]),) if isinstance(tests[0], Membership) else ()
    if domain.many:
        chosen = [some_text(frozenset(_patterns(test)[:1]), excluded, domain.language) for test in tests]
        return tuple(dict.fromkeys(value for value in chosen if value is not None))
    shared = set(_patterns(tests[0]))
    for test in tests[1:]:
        if isinstance(test, Membership) and isinstance(tests[0], Membership):
            shared &= set(_patterns(test))
    ordered = [found for found in _patterns(tests[0]) if found in shared]
    if not ordered:
        return ()
    globs = (found for test in tests[1:] for found in _patterns(test)[:1] if found.glob)
    fitting = frozenset((ordered[0], *globs))
    found = some_text(fitting, excluded, domain.language)
    return () if found is None else (found,)
