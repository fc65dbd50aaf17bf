"""The shortened tables give what the tables as they are give, in fewer steps; so do quick makers and constructors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, SupportsIndex

import pytest

from grammar import nodes
from grammar.expressions import Comparison, Path, Word
from grammar.limits import DEFAULT_LIMITS, Limits
from grammar.parser import _driver
from grammar.parsing.build import Build
from grammar.parsing.driver import Driver, LimitError, StoppedError
from grammar.parsing.shortcuts import shortened, unshortened
from grammar.parsing.tables import tables
from grammar.quick_make import quick_make
from grammar.span import Span
from tests.support.generate import promo_text

EVERYTHING = """\
environment qa { description "d" labels a = "b", "c/d" = "e" tags x, "y z" kind non-prod cluster c namespaces n, m }
template base priority -5 { when (((product.name == shop))) version "a" "$.b" promote "f" "$.a", "$.b" }
product shop { template base applications a, b flow fast when message matches ["*x*", "y"] flow slow concurrency queue }
policy p priority 10 { when not (a.b in[qa, "x", 3] or not x not in y) and passed qa soak 1h approvals 2 from a, b }
flow fast { trigger dev { action pr soak 1m } step qa after dev, "x y" { on start a } step prod after qa timeout 6h }
require r "title" { when environment.kind == prod that passed qa }
window w { days mon to fri, sun from 09:00 to 17:00 zone "Europe/Berlin" }
freeze f { from 2026-12-20 to 2027-01-02T18:00 when a <= 3 }
access a { teams x, y allow plan }
test "t" {
  product shop commit message "m" revision "r" at 2026-01-01T10:00
  expect flow fast expect no flow expect order a, b expect blocked qa by f expect flow { no soak action pr }
}
test "u" { product shop expect qa { soak 1h } }
policy empty {}
"""
TEXTS = ["", "\ufeff", EVERYTHING, promo_text(40)]


def made(text: str, *, explicable: bool) -> str:
    """Return everything a driver makes of a text, places included; what it stops at, for a bad one."""
    build = Build("x", DEFAULT_LIMITS)
    try:
        parsed = _driver(DEFAULT_LIMITS, explicable=explicable).parse(text, 0, build)
    except StoppedError as stopped:
        return f"stopped at {stopped.stop.offset}, {stopped.stop.at_end}"
    return f"{parsed} {build.found}"


@pytest.mark.parametrize("text", TEXTS, ids=["nothing", "mark", "everything", "generated"])
def test_both_ways_make_the_same(text: str) -> None:
    quick = made(text, explicable=False)
    assert not quick.startswith("stopped")
    assert quick == made(text, explicable=True)


def test_both_ways_stop_at_the_same_word() -> None:
    """A text that ends anywhere, and one from which any character is missing."""
    for at in range(len(EVERYTHING)):
        for broken in (EVERYTHING[:at], EVERYTHING[:at] + EVERYTHING[at + 1 :]):
            piece = broken[max(0, broken.rfind("\n", 0, at - 200)) : at + 200]
            assert made(piece, explicable=False) == made(piece, explicable=True), piece


class Counted(list[Any]):
    """A list that counts how often one of its elements is asked for."""

    def __init__(self, elements: Sequence[Any]) -> None:
        super().__init__(elements)
        self.asked = 0

    def __getitem__(self, index: SupportsIndex | slice) -> Any:
        self.asked += 1
        return super().__getitem__(index)


def nothing(context: object, children: Sequence[Any]) -> None:
    """Make no node."""


def reductions(*, explicable: bool) -> int:
    """Return how many rules are reduced by in reading a text, those that are part of a leap not counted."""
    makers = {rule.name: nothing for rule in tables().rules if rule.name}
    driver = Driver(tables(), makers, DEFAULT_LIMITS, explicable=explicable)
    counted = driver._reducers = Counted(driver._reducers)
    driver.parse(promo_text(40), 0, None)
    return counted.asked


def test_shortcuts_save_most_reductions() -> None:
    assert reductions(explicable=False) <= 0.6 * reductions(explicable=True)


def test_the_way_without_shortcuts_is_the_tables() -> None:
    plain, short = unshortened(tables()), shortened(tables())
    assert (plain.actions, plain.gotos, plain.leaps) == (tables().actions, tables().gotos, [])
    assert [row.keys() for row in short.actions] == [row.keys() for row in plain.actions]
    assert short.leaps


@pytest.mark.parametrize("explicable", [True, False])
def test_limits_hold_either_way(explicable: bool) -> None:
    driver = _driver(Limits(nesting=3, elements=4), explicable=explicable)
    for text, limit in [
        ("policy x { when " + "(" * 200, "nesting"),
        ("environment x { tags a, b, c, d, e }", "elements"),
        ("policy x { when a == b and a == b and a == b and a == b and a == b }", "elements"),
        ("policy x {" + " soak 1h" * 9 + "}", "elements"),
    ]:
        with pytest.raises(LimitError) as exceeded:
            driver.parse(text, 0, Build("x", Limits(nesting=3, elements=4)))
        assert exceeded.value.limit == limit


def test_a_quick_maker_makes_what_the_constructor_does() -> None:
    span = Span(1, 2, "x")
    name = quick_make(nodes.Name)("a", span, True)
    assert repr(name) == repr(nodes.Name("a", span, True))
    assert repr(quick_make(nodes.NameValue)(name)) == repr(nodes.NameValue(name))
    path, word = Path(("a", "b"), span), Word("c", span)
    assert repr(quick_make(Comparison)(path, "==", word, span)) == repr(Comparison(path, "==", word, span))
    with pytest.raises(TypeError):
        quick_make(nodes.Name)("a", span)  # type: ignore[call-arg]


def test_a_class_that_derives_fields_is_refused() -> None:
    from engine.model.conditions import Conjunction

    with pytest.raises(TypeError, match="Conjunction"):
        quick_make(Conjunction)
