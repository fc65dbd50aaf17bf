"""Invariants."""

from __future__ import annotations

from engine.model.attributes import REQUIRE_THAT_SCOPE, REQUIRE_WHEN_SCOPE
from engine.model.build.items import Items
from engine.model.build.metadata import description
from engine.model.build.session import Session
from engine.model.entities import Require
from grammar import nodes


def require(session: Session, node: nodes.Require) -> Require | None:
    """Build an invariant; None when one of its conditions is broken or it demands nothing."""
    items = Items(session, f"requirement `{node.name.text}`", node.name.span, node.items)
    when = items.one(nodes.When)
    condition = session.condition(when.condition if when else None, REQUIRE_WHEN_SCOPE)
    that = items.required(nodes.That, "that action == pr")
    demand = session.condition(that.condition, REQUIRE_THAT_SCOPE) if that else None
    if condition is None or demand is None:
        return None
    title = node.title.text if node.title else ""
    return Require(node.name.text, demand, condition, title, description(items), node.span)
