"""Makes frozen slotted dataclasses cheap to pickle and to unpickle."""

from __future__ import annotations

import copyreg
import sys
from collections.abc import Callable, Iterator
from dataclasses import Field, fields
from operator import attrgetter
from typing import Any, NamedTuple, TypeVar

from grammar.span import Span

_Class = TypeVar("_Class", bound=type[Any])
_State = tuple[Any, ...]
_Setter = Callable[[Any, Any], None]
_Restorer = Callable[[Any, _State], None]

_PARTS: set[type[Any]] = set()
"""The classes whose objects stand in the state of what they belong to."""


def quick_state(cls: _Class) -> _Class:
    """Give a frozen slotted dataclass a state for pickling that is restored slot by slot.

    What `dataclasses` provides looks its fields up again for every object: a cached AST would take more than twice
    as long to load. Nearly every node has a span and many a name, and one that is pickled by itself costs more than the
    node; so what they consist of stands in the state of what they belong to: the state is flat. What pickle writes is
    what it would find out for itself, by half a dozen look-ups an object; it is told instead.
    """
    layout = list(_layout(cls))
    restore = _restorer(layout)
    read = attrgetter(*(path for entry in layout for path in entry.paths))
    new = copyreg.__newobj__  # type: ignore[attr-defined]
    whose = (cls,)

    def getstate(self: Any) -> _State:
        return (read(self),) if single else read(self)

    def reduce_one(self: Any, protocol: Any) -> tuple[Any, ...]:
        return new, whose, (read(self),)

    def reduce_several(self: Any, protocol: Any) -> tuple[Any, ...]:
        return new, whose, read(self)

    single = sum(len(entry.paths) for entry in layout) == 1
    # In any protocol from 2: make an empty object, and restore its state.
    cls.__reduce_ex__ = reduce_one if single else reduce_several  # type: ignore[assignment]
    cls.__getstate__ = getstate  # type: ignore[assignment]
    cls.__setstate__ = restore
    return cls


def quick_part(cls: _Class) -> _Class:
    """Do what `quick_state` does, and let the class's objects stand in the state of what they belong to.

    For classes that have no subclasses and of which there are many: where a field's type is this class, and nothing
    else, it holds such an object.
    """
    quick_state(cls)
    _PARTS.add(cls)
    return cls


# --- what a state consists of ----------------------------------------------------------------------


class _Entry(NamedTuple):
    """A field in the state of an object.

    Attributes:
        setter: puts the value into its slot.
        paths: what of the object the state holds, as attributes joined by dots.
        part: the field's class, where its objects stand in the state; None where the value does.
    """

    setter: _Setter
    paths: tuple[str, ...]
    part: type[Any] | None


def _layout(cls: type[Any]) -> Iterator[_Entry]:
    """Yield the fields in the order of the state."""
    for field in fields(cls):
        part = _part(cls, field)
        inner = ("",) if part is None else _paths(part)
        paths = tuple(f"{field.name}.{path}".rstrip(".") for path in inner)
        yield _Entry(getattr(cls, field.name).__set__, paths, part)


def _paths(part: type[Any]) -> tuple[str, ...]:
    if part is Span:
        return Span._fields
    return tuple(path for entry in _layout(part) for path in entry.paths)


def _part(cls: type[Any], field: Field[Any]) -> type[Any] | None:
    """Return the class whose objects a field holds, where those stand in the state."""
    named = vars(sys.modules[cls.__module__]).get(field.type) if isinstance(field.type, str) else field.type
    return named if named is Span or (isinstance(named, type) and named in _PARTS) else None


# --- and back --------------------------------------------------------------------------------------


def _restorer(layout: list[_Entry]) -> _Restorer:
    """Return the function that fills an object's slots from a state."""
    ends = [sum(len(entry.paths) for entry in layout[:number]) for number in range(1, len(layout) + 1)]
    plain = [(entry.setter, end - 1) for entry, end in zip(layout, ends, strict=True) if entry.part is None]
    spans = [(entry.setter, slice(end - 3, end)) for entry, end in zip(layout, ends, strict=True) if entry.part is Span]
    parts = [
        (entry.setter, slice(end - len(entry.paths), end), entry.part, entry.part.__setstate__)
        for entry, end in zip(layout, ends, strict=True)
        if entry.part is not None and entry.part is not Span
    ]
    if len(spans) == 1 and not parts and len(plain) in (1, 2):
        return _few(plain, *spans[0])
    new_span, new = tuple.__new__, object.__new__

    def restore(self: Any, state: _State) -> None:
        for setter, index in plain:
            setter(self, state[index])
        for setter, place in spans:
            setter(self, new_span(Span, state[place]))
        for setter, place, part, restore_part in parts:
            made = new(part)
            restore_part(made, state[place])
            setter(self, made)

    return restore


def _few(plain: list[tuple[_Setter, int]], set_span: _Setter, place: slice) -> _Restorer:
    """Return the same for one or two values and a span, which most objects consist of, without a loop."""
    new_span = tuple.__new__
    (set_a, a), (set_b, b) = plain[0], plain[-1]

    def restore_one(self: Any, state: _State) -> None:
        set_a(self, state[a])
        set_span(self, new_span(Span, state[place]))

    def restore_two(self: Any, state: _State) -> None:
        set_a(self, state[a])
        set_b(self, state[b])
        set_span(self, new_span(Span, state[place]))

    return restore_one if len(plain) == 1 else restore_two
