"""Makes frozen slotted dataclasses cheap to unpickle."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from operator import attrgetter
from typing import Any, TypeVar

_Class = TypeVar("_Class", bound=type[Any])
_State = tuple[Any, ...]
_Setter = Callable[[Any, Any], None]


def quick_state(cls: _Class) -> _Class:
    """Give a frozen slotted dataclass a state for pickling that is restored slot by slot.

    What `dataclasses` provides looks its fields up again for every object: a cached AST would take more than twice
    as long to load.
    """
    names = tuple(field.name for field in fields(cls))
    read = attrgetter(*names)

    def getstate(self: Any) -> _State:
        state: _State = read(self)
        return state if len(names) > 1 else (state,)

    cls.__getstate__ = getstate  # type: ignore[assignment]
    cls.__setstate__ = _restorer(tuple(getattr(cls, name).__set__ for name in names))
    return cls


def _restorer(setters: tuple[_Setter, ...]) -> Callable[[Any, _State], None]:
    """Return the function that fills an object's slots; without a loop for the usual numbers of fields."""
    if len(setters) == 2:
        return _restorer_of_two(*setters)
    if len(setters) == 3:
        return _restorer_of_three(*setters)
    if len(setters) == 4:
        return _restorer_of_four(*setters)

    def setstate(self: Any, state: _State) -> None:
        for setter, value in zip(setters, state, strict=True):
            setter(self, value)

    return setstate


def _restorer_of_two(set_a: _Setter, set_b: _Setter) -> Callable[[Any, _State], None]:
    def setstate(self: Any, state: _State) -> None:
        a, b = state
        set_a(self, a)
        set_b(self, b)

    return setstate


def _restorer_of_three(set_a: _Setter, set_b: _Setter, set_c: _Setter) -> Callable[[Any, _State], None]:
    def setstate(self: Any, state: _State) -> None:
        a, b, c = state
        set_a(self, a)
        set_b(self, b)
        set_c(self, c)

    return setstate


def _restorer_of_four(set_a: _Setter, set_b: _Setter, set_c: _Setter, set_d: _Setter) -> Callable[[Any, _State], None]:
    def setstate(self: Any, state: _State) -> None:
        a, b, c, d = state
        set_a(self, a)
        set_b(self, b)
        set_c(self, c)
        set_d(self, d)

    return setstate
