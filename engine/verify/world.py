"""The world that is asked about: what is declared, and whether there is anything else.

A declared name stands for what was declared: its labels, tags and kind are facts. Any other name that can be
declared one day may have any labels and tags. In a closed world there is nothing but what is declared.
"""

from __future__ import annotations

from engine.model.attributes import Subject
from engine.model.workspace import Workspace
from engine.verify.globs import Pattern
from engine.verify.points import Side, declared_environment, declared_product
from engine.verify.words import Language


class World:
    """The declared products and environments of a workspace, as sides of points.

    Attributes:
        workspace: what declares them.
        products: by name, in the order declared.
        environments: the same.
    """

    __slots__ = ("_odd", "environments", "products", "workspace")

    def __init__(self, workspace: Workspace) -> None:
        """Take down what is declared. O(declarations)."""
        self.workspace = workspace
        self.products: dict[str, Side] = {
            name: declared_product(product) for name, product in workspace.products.items()
        }
        self.environments: dict[str, Side] = {
            name: declared_environment(environment) for name, environment in workspace.environments.items()
        }
        self._odd = {
            subject: tuple(Pattern(name, False) for name in names if not Language.NAME.holds(name))
            for subject, names in ((Subject.PRODUCT, self.products), (Subject.ENVIRONMENT, self.environments))
        }

    def odd_names(self, subject: Subject) -> tuple[Pattern, ...]:
        """Return declared names that loading would refuse; a workspace made by hand may have them."""
        return self._odd.get(subject, ())

    def declared(self, subject: Subject, name: str) -> Side | None:
        """Return the declared product or environment of a name; None for other names and other subjects."""
        if subject is Subject.PRODUCT:
            return self.products.get(name)
        return self.environments.get(name) if subject is Subject.ENVIRONMENT else None
