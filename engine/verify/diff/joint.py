"""Two workspaces side by side: one world for both, as far as what they declare agrees.

A product or an environment that both declare with the same facts, or that only one of them declares, is one thing
of a common world. One whose facts changed *moved*: it is looked at by itself, with the old facts under the old
policies and the new facts under the new ones. So every point belongs to exactly one slice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from engine.model.attributes import Attribute, Subject
from engine.model.conditions import Condition, Membership, PassedThrough, atoms
from engine.model.workspace import Workspace
from engine.resolve.resolver import Resolver
from engine.verify.folding import about, fold
from engine.verify.points import Side, Witness, declared_environment, declared_product
from engine.verify.policy_index import PolicyIndex

NAMES = {
    Subject.PRODUCT: Attribute(Subject.PRODUCT, "name"),
    Subject.ENVIRONMENT: Attribute(Subject.ENVIRONMENT, "name"),
}


@dataclass(frozen=True, slots=True)
class Moved:
    """A declared thing whose facts changed."""

    old: Side
    new: Side


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of all points.

    Attributes:
        product: the product that moved; None for every one that did not.
        environment: the same for environments.
    """

    product: Moved | None = None
    environment: Moved | None = None

    def old(self, product: Side, environment: Side) -> Witness:
        """Return a point of the slice as it was before."""
        return Witness(
            self.product.old if self.product else product, self.environment.old if self.environment else environment
        )

    def new(self, product: Side, environment: Side) -> Witness:
        """Return a point of the slice as it is after."""
        return Witness(
            self.product.new if self.product else product, self.environment.new if self.environment else environment
        )


EVERYTHING = Slice()
"""The points whose product and environment did not move."""


class Joint:
    """An old and a new workspace.

    Attributes:
        old: before.
        new: after.
        old_resolver: of the old one.
        new_resolver: of the new one.
        products: the products of both, those that moved left out, by name.
        environments: the same.
        moved_products: by name.
        moved_environments: by name.
    """

    def __init__(self, old: Workspace, new: Workspace) -> None:
        """Find out what moved. O(declarations)."""
        self.old, self.new = old, new
        self.old_resolver, self.new_resolver = Resolver(old), Resolver(new)
        asked = _asked(old) | _asked(new)
        old_products = {name: declared_product(found) for name, found in old.products.items()}
        new_products = {
            name: old_products[name] if old.products.get(name) == found else declared_product(found)
            for name, found in new.products.items()
        }
        old_environments = {name: declared_environment(found) for name, found in old.environments.items()}
        new_environments = {
            name: old_environments[name] if old.environments.get(name) == found else declared_environment(found)
            for name, found in new.environments.items()
        }
        self.moved_products = _moved(old_products, new_products, asked)
        self.moved_environments = _moved(old_environments, new_environments, asked)
        self.products = _common(old_products, new_products, self.moved_products)
        self.environments = _common(old_environments, new_environments, self.moved_environments)

    @cached_property
    def common(self) -> Workspace:
        """Return a workspace that declares what did not move, and the flows of both, but no policies."""
        products, environments = (
            {**self.old.products, **self.new.products},
            {
                **self.old.environments,
                **self.new.environments,
            },
        )
        return replace(
            Workspace(priority_order=self.new.priority_order),
            products={name: products[name] for name in self.products},
            environments={name: environments[name] for name in self.environments},
            flows={**self.old.flows, **self.new.flows},
        )

    @cached_property
    def old_index(self) -> PolicyIndex:
        """Return which old policies match a point."""
        return PolicyIndex(self.old, self.old_resolver)

    @cached_property
    def new_index(self) -> PolicyIndex:
        """Return which new policies match a point."""
        return PolicyIndex(self.new, self.new_resolver)

    def slices(self) -> list[Slice]:
        """Return the parts of all points, without those where both the product and the environment moved."""
        return [
            EVERYTHING,
            *(Slice(product=found) for found in self.moved_products.values()),
            *(Slice(environment=found) for found in self.moved_environments.values()),
        ]

    def corners(self) -> list[Slice]:
        """Return the points of which both the product and the environment moved."""
        return [
            Slice(product, environment)
            for product in self.moved_products.values()
            for environment in self.moved_environments.values()
        ]

    def apart(self, part: Slice) -> list[Condition]:
        """Return conditions that hold for points outside a slice: the names that moved, on its open sides."""
        found: list[Condition] = []
        if part.product is None and self.moved_products:
            found.append(Membership(NAMES[Subject.PRODUCT], tuple(self.moved_products)))
        if part.environment is None and self.moved_environments:
            found.append(Membership(NAMES[Subject.ENVIRONMENT], tuple(self.moved_environments)))
        return found


def folding(part: Slice, *, new: bool) -> Callable[[Condition], Condition]:
    """Return what is left of a condition in a slice, by the old facts or by the new ones; remembered."""
    known = {
        subject: (found.new if new else found.old).facts
        for subject, found in ((Subject.PRODUCT, part.product), (Subject.ENVIRONMENT, part.environment))
        if found is not None
    }
    if not known:
        return lambda condition: condition
    answer = about(known)
    kept: dict[Condition, Condition] = {}

    def left(condition: Condition) -> Condition:
        found = kept.get(condition)
        if found is None:
            found = kept[condition] = fold(condition, answer)
        return found

    return left


def _asked(workspace: Workspace) -> frozenset[Attribute]:
    """Return every attribute that a policy asks about."""
    return frozenset(
        atom.attribute
        for policy in workspace.policies.values()
        for atom in atoms(policy.when)
        if not isinstance(atom, PassedThrough)
    )


def _moved(old: Mapping[str, Side], new: Mapping[str, Side], asked: frozenset[Attribute]) -> dict[str, Moved]:
    return {
        name: Moved(before, new[name])
        for name, before in old.items()
        if name in new
        and before is not new[name]
        and before != new[name]
        and _facts(before, asked) != _facts(new[name], asked)
    }


def _facts(side: Side, asked: frozenset[Attribute]) -> dict[Attribute, frozenset[object]]:
    return {attribute: frozenset(values) for attribute, values in side.values if attribute in asked}


def _common(old: Mapping[str, Side], new: Mapping[str, Side], moved: Mapping[str, Moved]) -> dict[str, Side]:
    return {name: found for name, found in {**old, **new}.items() if name not in moved}
