"""What every entity with a manifest form carries: description, labels, annotations, namespace."""

from __future__ import annotations

from collections.abc import Iterable

from engine.model.build.items import Items
from engine.model.build.names import check_name, distinct
from engine.model.build.session import Session
from engine.model.entities import Metadata
from grammar import nodes
from grammar.diagnostics import Label

_DESCRIPTION = "description"
"""The annotation that a manifest keeps the description in."""


def metadata(session: Session, items: Items) -> Metadata:
    """Read the metadata of a declaration."""
    namespace = items.one(nodes.Namespace)
    if namespace is not None:
        check_name(session, namespace.name, "a namespace")
    annotations = pairs(session, (item.pairs for item in items.all(nodes.Annotations)), "annotation")
    if _DESCRIPTION in annotations:
        for item in items.all(nodes.Annotations):
            _no_description(session, item)
    return Metadata(
        description(items),
        pairs(session, (item.pairs for item in items.all(nodes.Labels)), "label"),
        annotations,
        namespace.name.text if namespace else None,
    )


def description(items: Items) -> str | None:
    """Return the description of a declaration."""
    found = items.one(nodes.Description)
    return found.text.text if found else None


def tags(session: Session, items: Items) -> tuple[str, ...]:
    """Return the tags of a declaration, in the order written."""
    return distinct(session, (name for item in items.all(nodes.Tags) for name in item.names), "tag")


def pairs(session: Session, lists: Iterable[tuple[nodes.Pair, ...]], what: str) -> dict[str, str]:
    """Return labels or annotations by key; report keys that are given twice."""
    first: dict[str, nodes.Pair] = {}
    for pair in (pair for listed in lists for pair in listed):
        known = first.get(pair.key.text)
        if known is None:
            first[pair.key.text] = pair
        else:
            session.error(
                "M006",
                f"the {what} `{pair.key.text[:80]}` is given more than once",
                pair.key.span,
                labels=[Label(known.key.span, "first given here")],
                help="keep one of them",
            )
    return {key: pair.value.text for key, pair in first.items()}


def _no_description(session: Session, item: nodes.Annotations) -> None:
    for pair in item.pairs:
        if pair.key.text == _DESCRIPTION:
            session.error(
                "M007",
                "the annotation `description` is the description itself",
                pair.key.span,
                help='write `description "..."`',
            )
