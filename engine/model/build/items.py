"""The items of a declaration by kind, with those that may stand once only checked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar, cast

from engine.model.build.session import Session
from grammar import nodes
from grammar.diagnostics import Label
from grammar.span import Span

Item = TypeVar("Item")

_KEYWORDS: dict[type, str] = {
    nodes.Description: "description",
    nodes.Namespace: "namespace",
    nodes.When: "when",
    nodes.Kind: "kind",
    nodes.VersionSource: "version",
    nodes.TemplateReference: "template",
    nodes.Concurrency: "concurrency",
    nodes.ApiVersion: "api-version",
    nodes.Trigger: "trigger",
    nodes.Timeout: "timeout",
    nodes.That: "that",
    nodes.Days: "days",
    nodes.Hours: "from",
    nodes.Zone: "zone",
    nodes.Dates: "from",
    nodes.GivenProduct: "product",
    nodes.GivenCommit: "commit",
    nodes.GivenTime: "at",
    nodes.ExpectFlow: "expect flow",
    nodes.ExpectOrder: "expect order",
}
"""The keyword of every item that may stand once only."""


class Items:
    """The items of one declaration."""

    __slots__ = ("_by_type", "_session", "title", "title_span")

    def __init__(self, session: Session, title: str, title_span: Span, items: Iterable[object]) -> None:
        """Sort items by their kind.

        Args:
            session: receives what is wrong.
            title: how messages call the declaration, e.g. ``policy `x```.
            title_span: where its name stands.
            items: as they were written.
        """
        self._session = session
        self.title = title
        self.title_span = title_span
        by_type: dict[type, list[Any]] = {}
        for item in items:
            by_type.setdefault(type(item), []).append(item)
        self._by_type = by_type

    def all(self, kind: type[Item]) -> list[Item]:
        """Return the items of one kind, in the order written."""
        return cast("list[Item]", self._by_type.get(kind, []))

    def one(self, kind: type[Item]) -> Item | None:
        """Return the only item of a kind, or None; further ones are reported and do not count."""
        found = self._by_type.get(kind)
        if not found:
            return None
        for again in found[1:]:
            repeated(self._session, _KEYWORDS[kind], self.title, found[0].span, again.span)
        return cast("Item", found[0])

    def required(self, kind: type[Item], example: str) -> Item | None:
        """Return the only item of a kind; report it when it is missing.

        Args:
            kind: of the item.
            example: what could be written.
        """
        found = self.one(kind)
        if found is None:
            missing(self._session, f"`{_KEYWORDS[kind]}`", self.title, self.title_span, example)
        return found


def missing(session: Session, what: str, title: str, span: Span, example: str) -> None:
    """Report that a declaration lacks something it needs."""
    session.error("M003", f"{title} has no {what}", span, help=f"add one, such as `{example}`")


def repeated(session: Session, keyword: str, title: str, first: Span, again: Span) -> None:
    """Report something that stands more than once in a declaration."""
    session.error(
        "M002",
        f"`{keyword}` is given more than once in {title}",
        again,
        labels=[Label(first, "first given here")],
        help="join them with `and`" if keyword in ("when", "that") else "keep one of them",
    )
