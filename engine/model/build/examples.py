"""Tests that a workspace declares: they are kept as written, with their names and values checked."""

from __future__ import annotations

import re

from engine.model.build.calendar import moment
from engine.model.build.items import Items, missing, repeated
from engine.model.build.metadata import pairs, tags
from engine.model.build.names import distinct
from engine.model.build.session import Session
from engine.model.build.settings import settings
from engine.model.entities import Example
from grammar import nodes
from grammar.span import Span

_BLOCKER = re.compile(r"P[0-9]{3}\Z")
"""The code of what blocks a plan."""

_EXPECTATIONS = (nodes.ExpectFlow, nodes.ExpectOrder, nodes.ExpectSettings, nodes.ExpectBlocked)


def example(session: Session, node: nodes.Test) -> Example:
    """Check a test; it is kept as it was written, whatever is wrong with it."""
    items = Items(session, f"test `{node.title.text[:80]}`", node.title.span, node.items)
    _check_given(session, items)
    flow = items.one(nodes.ExpectFlow)
    if flow is not None:
        if flow.name is not None:
            session.refer("flow", flow.name)
        if not items.all(nodes.GivenCommit):
            missing(session, "`commit`, which decides the flow", items.title, flow.span, 'commit message "fix"')
    order = items.one(nodes.ExpectOrder)
    if order is not None:
        for name in order.environments:
            session.refer("environment", name)
        distinct(session, order.environments, "environment")
    _check_settings(session, items)
    for blocked in items.all(nodes.ExpectBlocked):
        session.refer("environment", blocked.environment)
        _check_blocker(session, blocked.by)
    if not any(items.all(kind) for kind in _EXPECTATIONS):
        missing(session, "`expect`, so it cannot fail", items.title, node.title.span, "expect flow standard")
    return node


def _check_given(session: Session, items: Items) -> None:
    """Check what a test starts from; a product with labels or tags of its own need not be declared."""
    product = items.required(nodes.GivenProduct, "product trio")
    invented = bool(items.all(nodes.Labels) or items.all(nodes.Tags))
    if product is not None and not invented:
        session.refer("product", product.name)
    pairs(session, (item.pairs for item in items.all(nodes.Labels)), "label")
    tags(session, items)
    commit = items.one(nodes.GivenCommit)
    if commit is not None:
        first: dict[str, Span] = {}
        for name, text in commit.fields:
            if name in first:
                repeated(session, name, items.title, first[name], text.span)
            first.setdefault(name, text.span)
    at = items.one(nodes.GivenTime)
    if at is not None:
        moment(session, at.moment, at.span)


def _check_settings(session: Session, items: Items) -> None:
    first: dict[str, Span] = {}
    for expected in items.all(nodes.ExpectSettings):
        name = expected.environment
        session.refer("environment", name)
        if name.text in first:
            repeated(session, f"expect {name.text}", items.title, first[name.text], name.span)
        first.setdefault(name.text, name.span)
        title = f"what is expected of `{name.text}`"
        settings(session, expected.settings, title)
        _check_unset(session, expected, title)
        if not expected.expected:
            missing(session, "settings", f"`expect {name.text}`", expected.span, "action pr")


def _check_unset(session: Session, expected: nodes.ExpectSettings, title: str) -> None:
    """Check that nothing is expected to be set and not to be, nor twice not to be."""
    given: dict[str, nodes.Setting | nodes.Unset] = {}
    for one in expected.expected:
        earlier = given.setdefault(one.keyword, one)
        if earlier is not one and nodes.Unset in (type(earlier), type(one)):
            repeated(session, one.keyword, title, earlier.span, one.span)


def _check_blocker(session: Session, name: nodes.Name) -> None:
    """Check what blocks a step: a window, a freeze, or the code of a blocker."""
    calendar = session.names["window"] | session.names["freeze"]
    if name.text in calendar or _BLOCKER.match(name.text):
        return
    meant = session.suggest(name.text, calendar)
    session.error(
        "M018",
        f"`{name.text[:80]}` is no window, no freeze and no code of a blocker",
        name.span,
        help=f"did you mean `{meant}`?" if meant else "name what blocks the step",
    )
