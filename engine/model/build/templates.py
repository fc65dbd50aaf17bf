"""Promotion templates."""

from __future__ import annotations

from engine.model.attributes import TEMPLATE_SCOPE
from engine.model.build.items import Items
from engine.model.build.metadata import metadata
from engine.model.build.promotion_spec import promotion_spec
from engine.model.build.session import Session
from engine.model.entities import Template
from grammar import nodes


def template(session: Session, node: nodes.Template) -> Template | None:
    """Build a template; None when its condition is broken."""
    items = Items(session, f"template `{node.name.text}`", node.name.span, node.items)
    when = items.one(nodes.When)
    condition = session.condition(when.condition if when else None, TEMPLATE_SCOPE)
    promotion = promotion_spec(session, items)
    carried = metadata(session, items)
    if condition is None:
        return None
    return Template(node.name.text, node.priority or 0, condition, promotion, carried, node.span)
