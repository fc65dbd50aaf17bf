"""Environments."""

from __future__ import annotations

from engine.model.build.items import Items
from engine.model.build.metadata import metadata, tags
from engine.model.build.names import distinct
from engine.model.build.session import Session
from engine.model.entities import Cluster, Environment, EnvironmentKind
from grammar import nodes
from grammar.diagnostics import Label

_KIND_WORDS = {"production": "prod", "prd": "prod", "nonprod": "non-prod", "development": "non-prod"}


def environment(session: Session, node: nodes.Environment) -> Environment | None:
    """Build an environment; None without a kind."""
    items = Items(session, f"environment `{node.name.text}`", node.name.span, node.items)
    kind = items.required(nodes.Kind, "kind non-prod")
    words = [word.value for word in EnvironmentKind]
    good = kind is not None and session.word(kind.name, words, "a kind of environment", _KIND_WORDS)
    clusters = _clusters(session, items)
    marks = tags(session, items)
    carried = metadata(session, items)
    if kind is None or not good:
        return None
    return Environment(node.name.text, EnvironmentKind(kind.name.text), clusters, marks, carried, node.span)


def _clusters(session: Session, items: Items) -> tuple[Cluster, ...]:
    first: dict[str, nodes.Cluster] = {}
    made: list[Cluster] = []
    for item in items.all(nodes.Cluster):
        known = first.setdefault(item.name.text, item)
        if known is not item:
            session.error(
                "M006",
                f"the cluster `{item.name.text[:80]}` is listed more than once in {items.title}",
                item.name.span,
                labels=[Label(known.name.span, "first listed here")],
                help="put its namespaces into one list",
            )
            continue
        if not item.name.text:
            session.error("M004", "a cluster has an empty name", item.name.span)
        made.append(Cluster(item.name.text, distinct(session, item.namespaces, "namespace")))
    return tuple(made)
