"""Which values of labels, and which tags, something has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engine.lint.material import Material
from engine.model.attributes import Subject

Used = dict[tuple[Subject, str], frozenset[str]]


def label_values(material: Material) -> Used:
    """Return the values in use, by whose label it is and its key."""
    workspace = material.workspace
    made: dict[tuple[Subject, str], set[str]] = {}
    sides: tuple[tuple[Subject, Iterable[Mapping[str, str]]], ...] = (
        (Subject.PRODUCT, (product.metadata.labels for product in workspace.products.values())),
        (Subject.ENVIRONMENT, (environment.metadata.labels for environment in workspace.environments.values())),
        (
            Subject.APPLICATION,
            (labels for app in workspace.applications.values() for labels in (app.annotations, app.labels)),
        ),
    )
    for subject, all_labels in sides:
        for labels in all_labels:
            for key, value in labels.items():
                made.setdefault((subject, key), set()).add(value)
    return {key: frozenset(values) for key, values in made.items()}


def tags_in_use(material: Material) -> dict[Subject, frozenset[str]]:
    """Return the tags in use, by whose they are."""
    workspace = material.workspace
    return {
        Subject.PRODUCT: frozenset(tag for product in workspace.products.values() for tag in product.tags),
        Subject.ENVIRONMENT: frozenset(tag for place in workspace.environments.values() for tag in place.tags),
    }
