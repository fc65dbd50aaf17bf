"""Counts the declared pairs of every region, by deciding the pairs that a change can touch under both workspaces."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from engine.model.conditions import ALWAYS
from engine.model.workspace import Workspace
from engine.resolve.resolver import Resolver
from engine.resolve.side_index import row_set
from engine.verify.diff.joint import EVERYTHING, Joint, Slice
from engine.verify.diff.region import MOST_EXAMPLES
from engine.verify.diff.search import Key
from engine.verify.points import Side, Witness
from engine.verify.policy_index import PolicyIndex


@dataclass(slots=True)
class Tally:
    """The declared pairs of one region.

    Attributes:
        pairs: how many.
        points: the first of them, as they are before and after.
    """

    pairs: int = 0
    points: list[tuple[Witness, Witness]] = field(default_factory=list)


Tallies = dict[tuple[Slice, str, Key], Tally]
"""By slice, setting, and the names of the winners; winners that are the same policy are counted, too."""


def census(joint: Joint, settings: Iterable[str], changed: tuple[frozenset[str], frozenset[str]]) -> Tallies:
    """Count the declared pairs by who wins before and after.

    Args:
        joint: both workspaces.
        settings: which settings are looked at among pairs that did not move; pairs that moved are for all of them.
        changed: names of the policies that changed, before and after: pairs that did not move and that none of
            these matches are passed by, because they have the same winners with the same values.

    Cost: two sets of rows for each product and environment that a change can touch, two ANDs for each such pair.
    """
    count = _Count(joint)
    products, environments = list(joint.products.values()), list(joint.environments.values())
    count.add(EVERYTHING, _touched(joint, changed, products, environments), tuple(settings))
    for moved in joint.moved_products.values():
        count.add(Slice(product=moved), ((moved.new, found) for found in environments), None)
    for moved in joint.moved_environments.values():
        count.add(Slice(environment=moved), ((found, moved.new) for found in products), None)
    for corner in joint.corners():
        assert corner.product is not None
        assert corner.environment is not None
        count.add(corner, [(corner.product.new, corner.environment.new)], None)
    return count.tallies


def _touched(
    joint: Joint,
    changed: tuple[frozenset[str], frozenset[str]],
    products: list[Side],
    environments: list[Side],
) -> Iterator[tuple[Side, Side]]:
    """Yield the pairs that a changed policy may match."""
    few = [_few(workspace, names) for workspace, names in zip((joint.old, joint.new), changed, strict=True) if names]
    sides = [[index.environment_mask(found) for found in environments] for index in few]
    for product in products:
        masks = [index.product_mask(product) for index in few]
        if any(masks):
            for number, environment in enumerate(environments):
                if any(mask & side[number] for mask, side in zip(masks, sides, strict=True)):
                    yield product, environment


def _few(workspace: Workspace, names: frozenset[str]) -> PolicyIndex:
    policies = {name: policy for name, policy in workspace.policies.items() if name in names}
    small = replace(Workspace(priority_order=workspace.priority_order), policies=policies)
    return PolicyIndex(small, Resolver(small))


class _Count:
    """Counts pairs."""

    def __init__(self, joint: Joint) -> None:
        self.tallies: Tallies = {}
        self._indexes = (joint.old_index, joint.new_index)
        self._whole = tuple(
            row_set(number for number, row in enumerate(index.rows) if row.rest != ALWAYS) for index in self._indexes
        )
        self._masks: tuple[dict[int, tuple[int, int]], dict[int, tuple[int, int]]] = ({}, {})
        self._all = tuple(
            name for name in joint.old_index.setting_rows if any(index.setting_rows[name] for index in self._indexes)
        )

    def add(self, part: Slice, pairs: Iterable[tuple[Side, Side]], settings: tuple[str, ...] | None) -> None:
        """Count the pairs of a slice; None is every setting."""
        names = self._all if settings is None else settings
        for product, environment in pairs:
            points = part.old(product, environment), part.new(product, environment)
            before, after = self._matching(0, points[0]), self._matching(1, points[1])
            if not before and not after:
                continue
            for name in names:
                key = self._winner(0, name, before), self._winner(1, name, after)
                if key == (None, None):
                    continue
                tally = self.tallies.get((part, name, key))
                if tally is None:
                    tally = self.tallies[part, name, key] = Tally()
                tally.pairs += 1
                if len(tally.points) < MOST_EXAMPLES:
                    tally.points.append(points)

    def _matching(self, which: int, point: Witness) -> int:
        index = self._indexes[which]
        found = self._mask(which, 0, point.product) & self._mask(which, 1, point.environment)
        return index.matching(point) if found & self._whole[which] else found

    def _mask(self, which: int, side: int, about: Side) -> int:
        """Return the rows a side matches; kept by identity, because a side's hash is slow."""
        kept = self._masks[side].get(id(about))
        if kept is None:
            one, other = self._indexes
            if side:
                kept = one.environment_mask(about), other.environment_mask(about)
            else:
                kept = one.product_mask(about), other.product_mask(about)
            self._masks[side][id(about)] = kept
        return kept[which]

    def _winner(self, which: int, setting: str, matching: int) -> str | None:
        index = self._indexes[which]
        rows = matching & index.setting_rows[setting]
        return index.policies[index.owner[rows.bit_length() - 1]].name if rows else None
