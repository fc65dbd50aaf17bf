"""From the Booleans of a model to words: names, labels and tags that fit just the patterns that are true.

Where no words do, the reason is a set of patterns that excludes this model and many others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from engine.model.attributes import Attribute, Subject
from engine.model.values import Scalar
from engine.verify.encoding import KIND_TRUE, Relation, Variable, relation
from engine.verify.globs import Pattern, TooComplexError, word
from engine.verify.points import Side, side
from engine.verify.words import Domain, Language, domain_of
from engine.verify.world import World

ORDINARY_NAMES = {Subject.PRODUCT: "new-product", Subject.ENVIRONMENT: "new-environment"}
"""What something that is not declared is called where its name does not matter."""

_KIND = Attribute(Subject.ENVIRONMENT, "kind")


@dataclass(frozen=True, slots=True)
class Realised:
    """Words for a model.

    Attributes:
        product: a product.
        environment: an environment.
        others: values of other subjects, by attribute.
    """

    product: Side
    environment: Side
    others: dict[Subject, dict[Attribute, tuple[str, ...]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unrealisable:
    """No value of an attribute fits all of some patterns and none of others."""

    attribute: Attribute
    fitting: tuple[Pattern, ...]
    others: tuple[Pattern, ...]


def realise(
    world: World,
    present: Mapping[Attribute, Iterable[Variable]],
    kinds: Iterable[Variable],
    true: set[str],
) -> Realised | Unrealisable | str:
    """Find words for a model.

    Args:
        world: its declared names have facts, and no other thing can be called so.
        present: the variables about each attribute.
        kinds: the variables about kinds.
        true: the symbols that are true.

    Returns:
        The words; or patterns that no words fit; or why none were found in time.
    """
    values: dict[Subject, dict[Attribute, tuple[str, ...]]] = {}
    try:
        for attribute, variables in present.items():
            fitting = frozenset(found.pattern for found in variables if found.pattern and found.symbol in true)
            others = frozenset(found.pattern for found in variables if found.pattern and found.symbol not in true)
            found = _values(world, attribute, fitting, others)
            if isinstance(found, Unrealisable):
                return found
            values.setdefault(attribute.subject, {})[attribute] = found
    except TooComplexError:
        return "the search for a word that fits the patterns was too long"
    for variable in kinds:
        assert variable.attribute is not None
        values.setdefault(variable.attribute.subject, {})[variable.attribute] = (
            KIND_TRUE if variable.symbol in true else "non-prod",
        )
    product = _side(world, Subject.PRODUCT, values.pop(Subject.PRODUCT, {}))
    environment = _side(world, Subject.ENVIRONMENT, values.pop(Subject.ENVIRONMENT, {}))
    return Realised(product, environment, values)


def _side(world: World, subject: Subject, values: dict[Attribute, tuple[str, ...]]) -> Side:
    names = values.get(Attribute(subject, "name"))
    name = names[0] if names else ordinary_name(world, subject)
    return world.declared(subject, name) or new_side(subject, name, values)


def new_side(subject: Subject, name: str, values: Mapping[Attribute, tuple[Scalar, ...]]) -> Side:
    """Return a side that is not declared; an environment always has a kind."""
    if subject is Subject.ENVIRONMENT:
        values = {_KIND: ("non-prod",), **values}
    return side(subject, name, values)


def ordinary_name(world: World, subject: Subject) -> str:
    """Return a name that nothing declared has and that people understand."""
    stem = ORDINARY_NAMES[subject]
    number = 1
    name = stem
    while world.declared(subject, name) is not None:
        number += 1
        name = f"{stem}-{number}"
    return name


def _values(
    world: World, attribute: Attribute, fitting: frozenset[Pattern], others: frozenset[Pattern]
) -> tuple[str, ...] | Unrealisable:
    domain = domain_of(attribute)
    if domain.many:
        return _several(world, attribute, fitting, others, domain)
    if not fitting and domain.optional:
        return ()
    if attribute.field == "name" and attribute.subject in ORDINARY_NAMES:
        return _new_name(world, attribute, fitting, others)
    found = some_text(fitting, others, domain.language)
    return _lemma(world, attribute, fitting, others, domain.language) if found is None else (found,)


def some_text(fitting: frozenset[Pattern], others: frozenset[Pattern], language: Language) -> str | None:
    """Return a word, the empty one only where there is no other."""
    if language is Language.TEXT:
        found = word(fitting, others, Language.WORD)
        if found is not None:
            return found
    return word(fitting, others, language)


def _several(
    world: World, attribute: Attribute, fitting: frozenset[Pattern], others: frozenset[Pattern], domain: Domain
) -> tuple[str, ...] | Unrealisable:
    chosen: list[str] = []
    for wanted in sorted(fitting, key=lambda found: (found.glob, found.text)):
        if any(wanted.fits(value) for value in chosen):
            continue
        found = some_text(frozenset((wanted,)), others, domain.language)
        if found is None:
            return _lemma(world, attribute, frozenset((wanted,)), others, domain.language)
        chosen.append(found)
    return tuple(chosen)


def _new_name(
    world: World, attribute: Attribute, fitting: frozenset[Pattern], others: frozenset[Pattern]
) -> tuple[str, ...] | Unrealisable:
    """Return a name that is not declared, unless the model asks for a declared one by itself."""
    exact = next((found for found in fitting if not found.glob), None)
    if exact is not None and world.declared(attribute.subject, exact.text) is not None:
        if all(found.fits(exact.text) for found in fitting) and not any(found.fits(exact.text) for found in others):
            return (exact.text,)
        return _lemma(world, attribute, fitting, others, Language.TEXT)
    if not fitting:
        ordinary = ordinary_name(world, attribute.subject)
        if not any(found.fits(ordinary) for found in others):
            return (ordinary,)
    while True:
        found = word(fitting, others, Language.NAME)
        if found is None:
            return _lemma(world, attribute, fitting, others, Language.NAME)
        if world.declared(attribute.subject, found) is None:
            return (found,)
        # A declared name has its own facts; another word does as well, and if none does the lemma says so.
        others |= {Pattern(found, False)}


def _lemma(
    world: World, attribute: Attribute, fitting: frozenset[Pattern], others: frozenset[Pattern], language: Language
) -> Unrealisable:
    """Return few of the patterns that no word fits as wanted: the fewer, the more models they exclude."""
    contained = next(
        (
            (wanted, unwanted)
            for wanted in fitting
            for unwanted in others
            if relation(wanted, unwanted) in (Relation.FIRST_IN_SECOND, Relation.SAME)
        ),
        None,
    )
    if contained is not None:
        return Unrealisable(attribute, contained[:1], contained[1:])
    for wanted in sorted(fitting, key=lambda found: found.text):
        if _none(fitting - {wanted}, others, language):
            fitting -= {wanted}
    for unwanted in sorted(others, key=lambda found: found.text):
        if _none(fitting, others - {unwanted}, language):
            others -= {unwanted}
    if language is Language.NAME:
        # What is declared exists whatever it is called.
        others |= {
            odd
            for odd in world.odd_names(attribute.subject)
            if all(found.fits(odd.text) for found in fitting) and not any(found.fits(odd.text) for found in others)
        }
    return Unrealisable(attribute, tuple(fitting), tuple(others))


def _none(fitting: frozenset[Pattern], others: frozenset[Pattern], language: Language) -> bool:
    try:
        return word(fitting, others, language) is None
    except TooComplexError:
        return False
