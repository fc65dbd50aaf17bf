"""The most ordinary of the points that refute something: what a person would think of first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

from engine.model.attributes import Attribute, Subject
from engine.verify.points import Side, Witness
from engine.verify.realisation import new_side, ordinary_name
from engine.verify.world import World

_MOST_TRIED = 400
"""Declared products, or environments, that are tried in place of one that is not declared."""


def most_ordinary(
    witness: Witness,
    world: World,
    good: Callable[[Witness], bool],
    pinned: frozenset[Subject] = frozenset(),
    *,
    paired: bool = True,
) -> Witness:
    """Return a simpler point that refutes the same.

    Declared things come in place of others where one does, and what is left loses every label and tag that
    does not matter. Only points for which ``good`` says yes are returned, or the witness itself.

    Args:
        witness: a point that refutes.
        world: whose declared things are tried, in the order declared.
        good: whether a point refutes; asked a few hundred times at most.
        pinned: the sides that must stay as they are.
        paired: whether a point with both sides declared might refute; False where it is known that none does.
    """
    if not witness.product.declared and Subject.PRODUCT not in pinned and (paired or not witness.environment.declared):
        tried = (
            Witness(found, witness.environment, witness.flow) for found in islice(world.products.values(), _MOST_TRIED)
        )
        witness = next((found for found in tried if good(found)), witness)
    if (
        not witness.environment.declared
        and Subject.ENVIRONMENT not in pinned
        and (paired or not witness.product.declared)
    ):
        tried = (
            Witness(witness.product, found, witness.flow) for found in islice(world.environments.values(), _MOST_TRIED)
        )
        witness = next((found for found in tried if good(found)), witness)
    changed = True
    while changed:
        changed = False
        for simpler in _simpler(witness, world, pinned):
            if good(simpler):
                witness, changed = simpler, True
                break
    return witness


def _simpler(witness: Witness, world: World, pinned: frozenset[Subject]) -> Iterator[Witness]:
    for found in _less(witness.product, world, pinned):
        yield Witness(found, witness.environment, witness.flow)
    for found in _less(witness.environment, world, pinned):
        yield Witness(witness.product, found, witness.flow)


def _less(found: Side, world: World, pinned: frozenset[Subject]) -> Iterator[Side]:
    """Yield sides that say less: one value dropped, or an ordinary name."""
    if found.declared or found.subject in pinned:
        return
    values = dict(found.values)
    name = Attribute(found.subject, "name")
    ordinary = ordinary_name(world, found.subject)
    if found.name != ordinary:
        yield new_side(found.subject, ordinary, values)
    for attribute, held in found.values:
        if attribute == name or attribute.field == "kind":
            continue
        for value in held:
            rest = tuple(other for other in held if other != value)
            yield new_side(found.subject, found.name, {**values, attribute: rest})
