"""Which values attributes have in a workspace: those of what is declared, and those that conditions ask for."""

from __future__ import annotations

from collections.abc import Iterator

from engine.model.attributes import Attribute
from engine.model.conditions import Condition, Membership, atoms
from engine.model.values import Scalar
from engine.model.workspace import Workspace
from engine.resolve.facts import environment_facts, product_facts


class InUse:
    """The values in use, by attribute."""

    def __init__(self, workspace: Workspace) -> None:
        """Collect them. O(declarations)."""
        found: dict[Attribute, set[Scalar]] = {}
        facts = [product_facts(product) for product in workspace.products.values()]
        facts += [environment_facts(environment) for environment in workspace.environments.values()]
        for known in facts:
            for attribute, values in known.values.items():
                found.setdefault(attribute, set()).update(values)
        for condition in _conditions(workspace):
            for atom in atoms(condition):
                if isinstance(atom, Membership):
                    found.setdefault(atom.attribute, set()).update(atom.values)
        self._found = {attribute: tuple(sorted(values, key=str)) for attribute, values in found.items()}

    def __call__(self, attribute: Attribute) -> tuple[Scalar, ...]:
        """Return the values of an attribute, sorted."""
        return self._found.get(attribute, ())


def _conditions(workspace: Workspace) -> Iterator[Condition]:
    for policy in workspace.policies.values():
        yield policy.when
    for product in workspace.products.values():
        for use in product.flows:
            yield use.when
