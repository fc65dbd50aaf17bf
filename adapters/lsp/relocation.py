"""Values with other spans: what stood in one place of a text, once text before it was added or removed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from enum import Enum
from typing import Any, TypeVar

from grammar.span import Span

_Value = TypeVar("_Value")
_PLAIN = frozenset({str, int, bool, type(None)})
_FIELDS: dict[type[Any], tuple[str, ...]] = {}


def relocated(value: _Value, place: Callable[[Span], Span]) -> _Value:
    """Return a syntax tree or a diagnostic with every span replaced.

    Args:
        value: frozen dataclasses, tuples and plain data, any number of them inside one another.
        place: gives the new span of an old one.

    Returns:
        A new value. Cost: O(size).
    """
    made: _Value = _relocated(value, place)
    return made


def shifted(value: _Value, delta: int) -> _Value:
    """Return a value whose text moved: every span of a text begins and ends ``delta`` characters later."""
    make = tuple.__new__

    def place(span: Span) -> Span:
        start, end, source = span
        return make(Span, (start + delta, end + delta, source)) if source else span

    return relocated(value, place) if delta else value


def _relocated(value: Any, place: Callable[[Span], Span]) -> Any:
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is Span:
        return place(value)
    if kind is tuple:
        return tuple([_relocated(item, place) for item in value])
    if isinstance(value, Enum):
        return value
    made = object.__new__(kind)
    for name in _names(kind):
        # Nobody has seen the new value yet: filling it in is what its constructor would do, at a third of the cost.
        object.__setattr__(made, name, _relocated(getattr(value, name), place))
    return made


def _names(kind: type[Any]) -> tuple[str, ...]:
    """Return the names of a dataclass's fields, looked up once."""
    known = _FIELDS.get(kind)
    if known is None:
        known = _FIELDS[kind] = tuple(field.name for field in fields(kind))
    return known
