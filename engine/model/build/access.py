"""Access rules."""

from __future__ import annotations

from engine.model import entities
from engine.model.attributes import ACCESS_SCOPE
from engine.model.build.items import Items, missing
from engine.model.build.metadata import description
from engine.model.build.names import distinct
from engine.model.build.session import Session
from engine.model.entities import Permission
from grammar import nodes


def access(session: Session, node: nodes.Access) -> entities.Access | None:
    """Build an access rule; None when it names no team or allows nothing, or its condition is broken."""
    items = Items(session, f"access rule `{node.name.text}`", node.name.span, node.items)
    teams = [name for item in items.all(nodes.Teams) for name in item.names]
    allowed = [name for item in items.all(nodes.Allow) for name in item.actions]
    if not teams:
        missing(session, "`teams`", items.title, node.name.span, "teams payments")
    if not allowed:
        missing(session, "`allow`", items.title, node.name.span, "allow promote")
    words = [permission.value for permission in Permission]
    good = [name for name in allowed if session.word(name, words, "something a team can be allowed to do")]
    when = items.one(nodes.When)
    condition = session.condition(when.condition if when else None, ACCESS_SCOPE)
    listed = distinct(session, teams, "team")
    permissions = tuple(Permission(word) for word in distinct(session, good, "permission"))
    if condition is None or not listed or not permissions:
        return None
    return entities.Access(node.name.text, listed, permissions, condition, description(items), node.span)
