"""The declared pairs of a workspace, asked all at once: sets of products as bits, an environment at a time.

Exact for every condition: a test is answered for all declared products by a table from value to products.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import assert_never

from engine.model.attributes import Attribute, Subject
from engine.model.conditions import (
    ALWAYS,
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
from engine.model.values import Scalar
from engine.resolve.evaluation import evaluate
from engine.resolve.facts import flow_facts
from engine.resolve.rows import Row
from engine.resolve.side_index import row_set, rows_of
from engine.verify.folding import Atom
from engine.verify.globs import Pattern, pattern
from engine.verify.points import Side, Witness
from engine.verify.world import World

Answers = Callable[[Atom], int]
"""The declared products for which a test about settings, or about what was passed, holds."""


class DeclaredWorld:
    """The declared products and environments, as bits of sets.

    Attributes:
        products: in the order declared; bit `n` of a set is the `n`-th.
        environments: in the order declared.
        everyone: the set of all products.
    """

    def __init__(self, world: World) -> None:
        """Index the declared products by their values. O(values)."""
        self.products: tuple[Side, ...] = tuple(world.products.values())
        self.environments: tuple[Side, ...] = tuple(world.environments.values())
        self.everyone = (1 << len(self.products)) - 1
        self._tables: dict[Attribute, dict[Scalar, int]] = {}
        tables: dict[Attribute, dict[Scalar, list[int]]] = {}
        for number, found in enumerate(self.products):
            for attribute, values in found.values:
                table = tables.setdefault(attribute, {})
                for value in values:
                    table.setdefault(value, []).append(number)
        for attribute, table in tables.items():
            self._tables[attribute] = {value: row_set(numbers) for value, numbers in table.items()}
        self._sets: dict[Condition, int] = {}
        self._holds: dict[tuple[Condition, Side], bool] = {}

    # --- conditions --------------------------------------------------------------------------------

    def products_of(self, condition: Condition) -> int:
        """Return the declared products for which a condition about products only holds."""
        found = self._sets.get(condition)
        if found is None:
            found = self._sets[condition] = self._decompose(condition, self._product_atom, self.products_of)
        return found

    def row_products(self, row: Row, environment: Side) -> int:
        """Return the declared products for which a row holds in an environment."""
        if row.environment != ALWAYS:
            key = (row.environment, environment)
            holds = self._holds.get(key)
            if holds is None:
                holds = self._holds[key] = evaluate(row.environment, environment.facts)
            if not holds:
                return 0
        found = self.products_of(row.product)
        return found if row.rest == ALWAYS or not found else found & self.holding(row.rest, environment)

    def holding(
        self, condition: Condition, environment: Side, flow: str | None = None, answers: Answers | None = None
    ) -> int:
        """Return the declared products for which a condition holds in an environment.

        Args:
            condition: any condition.
            environment: where.
            flow: the flow the change is in; None for none.
            answers: for tests about settings and about what was passed; needed where there are any.
        """

        def atom(test: Atom) -> int:
            if isinstance(test, PassedThrough) or test.attribute.subject is Subject.SETTING:
                assert answers is not None
                return answers(test)
            match test.attribute.subject:
                case Subject.PRODUCT:
                    return self._product_atom(test)
                case Subject.FLOW:
                    return self.everyone if evaluate(test, flow_facts(flow)) else 0
                case _:
                    return self.everyone if evaluate(test, environment.facts) else 0

        def whole(part: Condition) -> int:
            return self._decompose(part, atom, whole)

        return whole(condition)

    def _decompose(self, condition: Condition, atom: Callable[[Atom], int], whole: Callable[[Condition], int]) -> int:
        match condition:
            case Always():
                return self.everyone
            case Membership() | Matching() | Bound() | PassedThrough():
                return atom(condition)
            case Negation():
                return self.everyone & ~whole(condition.operand)
            case Conjunction():
                found = self.everyone
                for operand in condition.operands:
                    if not found:
                        break
                    found &= whole(operand)
                return found
            case Disjunction():
                found = 0
                for operand in condition.operands:
                    found |= whole(operand)
                return found
            case _:
                assert_never(condition)

    def _product_atom(self, test: Atom) -> int:
        known = self._sets.get(test)
        if known is not None:
            return known
        assert not isinstance(test, PassedThrough | Bound)
        table = self._tables.get(test.attribute, {})
        found = 0
        if isinstance(test, Membership):
            for value in test.values:
                found |= table.get(value, 0)
        else:
            patterns: list[Pattern] = [pattern(glob) for glob in test.globs]
            for value, numbers in table.items():
                if any(one.fits(str(value)) for one in patterns):
                    found |= numbers
        self._sets[test] = found
        return found

    # --- pairs -------------------------------------------------------------------------------------

    def pairs(
        self,
        must: Iterable[Condition],
        forbid: Sequence[Condition] = (),
        *,
        product: Side | None = None,
        environment: Side | None = None,
        flow: str | None = None,
    ) -> Iterator[Witness]:
        """Yield declared pairs that fulfil all of some conditions and none of others, one an environment at most.

        Order: environments as declared, then products as declared.
        """
        wanted = tuple(must)
        allowed = self.everyone
        if product is not None:
            allowed = row_set(number for number, found in enumerate(self.products) if found == product)
        for place in self.environments if environment is None else (environment,):
            found = allowed
            for condition in wanted:
                found &= self.holding(condition, place, flow)
                if not found:
                    break
            for condition in forbid:
                if not found:
                    break
                found &= ~self.holding(condition, place, flow)
            if found:
                yield Witness(self.first(found), place, flow)

    def bit(self, name: str) -> int:
        """Return the set of one declared product."""
        return self._tables[Attribute(Subject.PRODUCT, "name")][name]

    def first(self, found: int) -> Side:
        """Return the first product of a set that is not empty."""
        return self.products[(found & -found).bit_length() - 1]

    def members(self, found: int) -> list[Side]:
        """Return the products of a set, in the order declared."""
        return [self.products[number] for number in reversed(rows_of(found))]
