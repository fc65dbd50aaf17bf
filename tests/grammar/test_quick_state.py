"""Objects come back from their flat states with everything they had, and few objects are written for them."""

from __future__ import annotations

import copy
import pickle
import pickletools
from dataclasses import dataclass, field, fields, is_dataclass

import pytest

from grammar import nodes
from grammar.expressions import Path
from grammar.parser import parse
from grammar.quick_state import quick_state
from grammar.span import NOWHERE, Span
from tests.support.generate import promo_text

SPAN, OTHER = Span(1, 2, "x"), Span(3, 4, "y")
NAME = nodes.Name("a", SPAN, True)


@quick_state
@dataclass(frozen=True, slots=True)
class Lone:
    """One field that is no part."""

    value: object


@quick_state
@dataclass(frozen=True, slots=True)
class Mixed:
    """Every kind of field, the parts in between."""

    first: int
    name: nodes.Name
    text: nodes.StringValue
    maybe: nodes.Name | None
    span: Span = field(default=NOWHERE, compare=False)
    names: tuple[nodes.Name, ...] = ()
    other: Span = field(default=NOWHERE, compare=False)


OBJECTS = [
    NAME,
    nodes.Name("a"),
    nodes.StringValue("", OTHER),
    nodes.NameValue(NAME),
    nodes.Pair(NAME, nodes.StringValue("b", OTHER)),
    nodes.Setting("action", nodes.NameValue(NAME), SPAN, OTHER),
    nodes.DayRange(NAME, None),
    nodes.DayRange(NAME, nodes.Name("b", OTHER)),
    Path(("a", "b"), SPAN),
    Lone((1, 2)),
    Lone(None),
    Mixed(1, NAME, nodes.StringValue("t", OTHER), None, SPAN, (NAME, NAME), OTHER),
    Mixed(2, nodes.Name("n"), nodes.StringValue("t"), NAME),
]


@pytest.mark.parametrize("protocol", [2, 5])
@pytest.mark.parametrize("value", OBJECTS, ids=lambda value: type(value).__name__)
def test_an_object_comes_back_as_it_was(value: object, protocol: int) -> None:
    """Their representations hold the places, which equality passes over."""
    assert repr(pickle.loads(pickle.dumps(value, protocol))) == repr(value)
    assert repr(copy.deepcopy(value)) == repr(copy.copy(value)) == repr(value)


def test_a_text_comes_back_with_every_place() -> None:
    file = parse(promo_text(6), "x").file
    assert repr(pickle.loads(pickle.dumps(file, 5))) == repr(file)


def objects(value: object) -> int:
    """Return of how many objects with fields a value consists, spans among them."""
    if isinstance(value, Span):
        return 1
    if isinstance(value, tuple):
        return sum(objects(one) for one in value)
    return 1 + sum(objects(getattr(value, one.name)) for one in fields(value)) if is_dataclass(value) else 0


def test_most_objects_stand_in_the_state_of_another() -> None:
    file = parse(promo_text(20), "x").file
    written = [opcode.name for opcode, _, _ in pickletools.genops(pickle.dumps(file, 5))].count("NEWOBJ")
    assert 0 < written < 0.4 * objects(file)
