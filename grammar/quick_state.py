"""Makes frozen slotted dataclasses cheap to pickle and to unpickle."""

from __future__ import annotations

import copyreg
from collections.abc import Callable
from dataclasses import fields
from operator import attrgetter
from typing import Any, TypeVar

from grammar.span import Span

_Class = TypeVar("_Class", bound=type[Any])
_State = tuple[Any, ...]
_Getter = Callable[[Any], _State]
_Setter = Callable[[Any, Any], None]
_Restorer = Callable[[Any, _State], None]
_Reducer = Callable[[Any, Any], tuple[Any, ...]]


def quick_state(cls: _Class) -> _Class:
    """Give a frozen slotted dataclass a state for pickling that is restored slot by slot.

    What `dataclasses` provides looks its fields up again for every object: a cached AST would take more than twice
    as long to load. Nearly every node has one span, and a span pickled by itself costs more than a node; so the parts
    of a single span stand in the state of what it belongs to, after everything else. What pickle writes is what it
    would find out for itself, by half a dozen look-ups an object; it is told instead.
    """
    spans = [field.name for field in fields(cls) if field.type in (Span, "Span")]
    names = [field.name for field in fields(cls) if len(spans) != 1 or field.name != spans[0]]
    setters = tuple(getattr(cls, name).__set__ for name in names)
    if len(spans) == 1:
        getter = _with_span(names, attrgetter(spans[0]))
        cls.__setstate__ = _restorer_with_span(setters, getattr(cls, spans[0]).__set__)
    else:
        getter = _without_span(names)
        cls.__setstate__ = _restorer(setters)
    cls.__getstate__ = getter  # type: ignore[assignment]
    cls.__reduce_ex__ = _reducer(cls, getter)  # type: ignore[assignment]
    return cls


def _reducer(cls: type[Any], getter: _Getter) -> _Reducer:
    """Return what tells pickle, in any protocol from 2, to make an empty object and to restore its state."""
    new = copyreg.__newobj__  # type: ignore[attr-defined]
    whose = (cls,)

    def reduce_ex(self: Any, protocol: Any) -> tuple[Any, ...]:
        return new, whose, getter(self)

    return reduce_ex


# --- states ----------------------------------------------------------------------------------------


def _without_span(names: list[str]) -> _Getter:
    read = attrgetter(*names)

    def one(self: Any) -> _State:
        return (read(self),)

    def several(self: Any) -> _State:
        state: _State = read(self)
        return state

    return one if len(names) == 1 else several


def _with_span(names: list[str], read_span: Callable[[Any], Span]) -> _Getter:
    if not names:
        return lambda self: tuple(read_span(self))
    read = attrgetter(*names)

    def one(self: Any) -> _State:
        return (read(self), *read_span(self))

    def several(self: Any) -> _State:
        return (*read(self), *read_span(self))

    return one if len(names) == 1 else several


# --- and back --------------------------------------------------------------------------------------


def _restorer(setters: tuple[_Setter, ...]) -> _Restorer:
    """Return the function that fills an object's slots; without a loop for the usual numbers of fields."""
    if len(setters) == 2:
        return _restorer_of_two(*setters)

    def setstate(self: Any, state: _State) -> None:
        for setter, value in zip(setters, state, strict=True):
            setter(self, value)

    return setstate


def _restorer_of_two(set_a: _Setter, set_b: _Setter) -> _Restorer:
    def setstate(self: Any, state: _State) -> None:
        a, b = state
        set_a(self, a)
        set_b(self, b)

    return setstate


def _restorer_with_span(setters: tuple[_Setter, ...], set_span: _Setter) -> _Restorer:
    new = tuple.__new__
    count = len(setters)
    if count == 1:
        return _restorer_of_one_and_span(setters[0], set_span)
    if count == 2:
        return _restorer_of_two_and_span(setters[0], setters[1], set_span)

    def setstate(self: Any, state: _State) -> None:
        for setter, value in zip(setters, state[:count], strict=True):
            setter(self, value)
        set_span(self, new(Span, state[count:]))

    return setstate


def _restorer_of_one_and_span(set_a: _Setter, set_span: _Setter) -> _Restorer:
    new = tuple.__new__

    def setstate(self: Any, state: _State) -> None:
        a, start, end, source = state
        set_a(self, a)
        set_span(self, new(Span, (start, end, source)))

    return setstate


def _restorer_of_two_and_span(set_a: _Setter, set_b: _Setter, set_span: _Setter) -> _Restorer:
    new = tuple.__new__

    def setstate(self: Any, state: _State) -> None:
        a, b, start, end, source = state
        set_a(self, a)
        set_b(self, b)
        set_span(self, new(Span, (start, end, source)))

    return setstate
