"""Makes frozen slotted dataclasses cheap to unpickle."""

from __future__ import annotations

from dataclasses import fields
from operator import attrgetter
from typing import Any, TypeVar

_Class = TypeVar("_Class", bound=type[Any])


def quick_state(cls: _Class) -> _Class:
    """Give a frozen slotted dataclass a state for pickling that is restored slot by slot.

    What `dataclasses` provides looks its fields up again for every object: a cached AST would take twice as long
    to load.
    """
    names = tuple(field.name for field in fields(cls))
    setters = tuple(getattr(cls, name).__set__ for name in names)
    read = attrgetter(*names)

    def getstate(self: Any) -> tuple[Any, ...]:
        state = read(self)
        return state if len(names) > 1 else (state,)

    def setstate(self: Any, state: tuple[Any, ...]) -> None:
        for setter, value in zip(setters, state, strict=True):
            setter(self, value)

    cls.__getstate__ = getstate  # type: ignore[assignment]
    cls.__setstate__ = setstate
    return cls
