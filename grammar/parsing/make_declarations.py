"""The nodes of declarations: one function a rule of `promo.lark`, given the rule's tokens and finished children."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from grammar import nodes
from grammar.parsing.build import Build, Children
from grammar.parsing.reducing import Maker
from grammar.parsing.token import TYPE
from grammar.quick_make import quick_make


def _plain(node: Callable[..., Any]) -> Maker:
    """Return the function for ``KEYWORD name { items }``."""
    make = quick_make(node)
    return lambda b, c: make(b.name(c[1]), tuple(c[3:-1]), b.span(c[0], c[-1]))


def _ranked(node: Callable[..., Any]) -> Maker:
    """Return the function for ``KEYWORD name [priority N] { items }``."""
    make = quick_make(node)

    def ranked(b: Build, c: Children) -> Any:
        if c[2][TYPE] == "PRIORITY":
            return make(b.name(c[1]), b.integer(c[3]), tuple(c[5:-1]), b.span(c[0], c[-1]))
        return make(b.name(c[1]), None, tuple(c[3:-1]), b.span(c[0], c[-1]))

    return ranked


def _require(b: Build, c: Children) -> nodes.Require:
    titled = type(c[2]) is not tuple
    items = tuple(c[4 if titled else 3 : -1])
    return nodes.Require(b.name(c[1]), c[2] if titled else None, items, b.span(c[0], c[-1]))


def _test(b: Build, c: Children) -> nodes.Test:
    return nodes.Test(c[1], tuple(c[3:-1]), b.span(c[0], c[-1]))


DECLARATION_MAKERS: dict[str, Maker] = {
    "environment": _plain(nodes.Environment),
    "product": _plain(nodes.Product),
    "template": _ranked(nodes.Template),
    "policy": _ranked(nodes.Policy),
    "flow": _plain(nodes.Flow),
    "require": _require,
    "window": _plain(nodes.Window),
    "freeze": _plain(nodes.Freeze),
    "access": _plain(nodes.Access),
    "test": _test,
}
"""The function of every rule that makes a declaration."""
