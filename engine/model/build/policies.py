"""Promotion policies."""

from __future__ import annotations

from engine.model.attributes import POLICY_SCOPE
from engine.model.build.items import Items
from engine.model.build.metadata import metadata
from engine.model.build.session import Session
from engine.model.build.settings import settings
from engine.model.entities import Policy
from grammar import nodes


def policy(session: Session, node: nodes.Policy) -> Policy | None:
    """Build a policy; None when its condition is broken."""
    items = Items(session, f"policy `{node.name.text}`", node.name.span, node.items)
    when = items.one(nodes.When)
    condition = session.condition(when.condition if when else None, POLICY_SCOPE)
    written = items.all(nodes.Setting)
    if not written:
        session.warning("M051", f"{items.title} sets nothing", node.name.span, help="give it a setting, or remove it")
    made = settings(session, written, items.title)
    carried = metadata(session, items)
    if condition is None:
        return None
    return Policy(node.name.text, node.priority or 0, condition, made, carried, node.span)
