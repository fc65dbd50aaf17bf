"""A declared pair that some policies match and others do not: exact, and quick where few products are left."""

from __future__ import annotations

from collections.abc import Sequence

from engine.resolve.side_index import rows_of
from engine.verify.points import Side, Witness
from engine.verify.question import Questions


def declared_pair(questions: Questions, policies: Sequence[int], forbidden: int) -> Witness | None:
    """Return the first declared pair that all of some policies match, and no row of a set.

    Args:
        questions: of the workspace.
        policies: numbers of policies that must match.
        forbidden: rows that must not match.

    Order: environments as declared, then products as declared.
    """
    index, declared = questions.index, questions.declared
    wanted = [index.bits[number] for number in policies]
    for environment in declared.environments:
        place = index.environment_mask(environment)
        if not all(place & bits for bits in wanted):
            continue
        products = declared.everyone
        for bits in wanted:
            products &= _products(questions, place & bits, environment)
            if not products:
                break
        against = forbidden & place
        for product in declared.members(products):
            witness = Witness(product, environment)
            if not against & index.product_mask(product) or not forbidden & index.matching(witness):
                return witness
    return None


def _products(questions: Questions, rows: int, environment: Side) -> int:
    found = 0
    for row in rows_of(rows):
        found |= questions.declared.row_products(questions.index.rows[row], environment)
    return found
