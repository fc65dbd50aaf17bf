"""Which policies match a point: one AND of two sets of rows, each side looked up once.

Rows are numbered from the worst policy to the best, as bits of an `int`, so "better than" is a shift.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from engine.model.conditions import ALWAYS, Condition, atoms
from engine.model.entities import Policy
from engine.model.settings import SETTING_NAMES
from engine.model.workspace import Workspace
from engine.resolve.evaluation import evaluate
from engine.resolve.resolver import Resolver
from engine.resolve.rows import Row, rows
from engine.resolve.side_index import SideIndex, row_set, rows_of
from engine.verify.points import Side, Witness


class PolicyIndex:
    """The policies of a workspace as rows.

    Attributes:
        policies: from the worst to the best: by priority, then by name.
        rows: every policy's rows, in the same order.
        owner: the number of the policy a row belongs to.
        bits: each policy's rows as a set.
        setting_rows: the rows whose policy sets a setting.
    """

    def __init__(self, workspace: Workspace, resolver: Resolver) -> None:
        """Index the policies. O(size of conditions)."""
        self.policies: tuple[Policy, ...] = tuple(reversed(resolver.policies))
        self.number = {policy.name: number for number, policy in enumerate(self.policies)}
        self.rows: list[Row] = []
        self.owner: list[int] = []
        self.bits: list[int] = []
        self._end: list[int] = []
        for number, policy in enumerate(self.policies):
            begin = len(self.rows)
            self.rows += rows(policy.when)
            end = len(self.rows)
            self.owner += [number] * (end - begin)
            self.bits.append(((1 << end - begin) - 1) << begin)
            self._end.append(end)
        self._tier_end: list[int] = [0] * len(self.policies)
        for number in range(len(self.policies) - 1, -1, -1):
            same = number + 1 < len(self.policies) and (
                self.policies[number + 1].priority == self.policies[number].priority
            )
            self._tier_end[number] = self._tier_end[number + 1] if same else self._end[number]
        self.everything = (1 << len(self.rows)) - 1
        self.setting_rows: dict[str, int] = {
            name: self._rows_of_policies(
                number for number, policy in enumerate(self.policies) if any(s.name == name for s in policy.settings)
            )
            for name in SETTING_NAMES
        }
        self._whole = row_set(number for number, row in enumerate(self.rows) if row.rest != ALWAYS)
        self._product_masks: dict[Side, int] = {}
        self._environment_masks: dict[Side, int] = {}

    def _rows_of_policies(self, numbers: Iterable[int]) -> int:
        found: list[int] = []
        for number in numbers:
            begin = self._end[number - 1] if number else 0
            found += range(begin, self._end[number])
        return row_set(found)

    @cached_property
    def _product_index(self) -> SideIndex:
        return SideIndex((number, row.product) for number, row in enumerate(self.rows))

    @cached_property
    def _environment_index(self) -> SideIndex:
        return SideIndex((number, row.environment) for number, row in enumerate(self.rows))

    @cached_property
    def weights(self) -> tuple[int, ...]:
        """Return how many tests each policy's condition has; fewer is more general."""
        return tuple(sum(1 for _ in atoms(policy.when)) for policy in self.policies)

    def product_mask(self, product: Side) -> int:
        """Return the rows whose part about the product holds."""
        found = self._product_masks.get(product)
        if found is None:
            found = self._product_masks[product] = self._product_index.holding(product.facts)
        return found

    def environment_mask(self, environment: Side) -> int:
        """Return the rows whose part about the environment holds."""
        found = self._environment_masks.get(environment)
        if found is None:
            found = self._environment_masks[environment] = self._environment_index.holding(environment.facts)
        return found

    def matching(self, witness: Witness) -> int:
        """Return the rows that match a point."""
        found = self.product_mask(witness.product) & self.environment_mask(witness.environment)
        whole = found & self._whole
        if whole:
            facts = witness.facts()
            for number in rows_of(whole):
                if not evaluate(self.rows[number].rest, facts):
                    found &= ~(1 << number)
        return found

    def before(self, number: int) -> int:
        """Return the rows of policies that come before a policy, by priority and then by name."""
        end = self._end[number]
        return self.everything >> end << end

    def better(self, number: int) -> int:
        """Return the rows of policies of a better priority."""
        end = self._tier_end[number]
        return self.everything >> end << end

    def owners(self, found: int) -> list[int]:
        """Return the policies that some rows belong to, best first."""
        return list(dict.fromkeys(self.owner[number] for number in rows_of(found)))

    def condition(self, number: int) -> Condition:
        """Return what a policy asks."""
        return self.policies[number].when
