"""Frozen dataclasses as plain data and back, strictly and by their type hints, so that nothing is lost or made up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime, time
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from engine.plan.shapes import (
    PLAIN_TYPES,
    Fields,
    ListOf,
    MappingOf,
    Member,
    Moment,
    Optional,
    Pair,
    Plain,
    RecordError,
    Shape,
    kind_of,
    shown,
)


class Records:
    """The shapes of the dataclasses that one kind of document consists of; each is made once, and kept."""

    def __init__(
        self, computed: Mapping[type, tuple[str, ...]] | None = None, pair_keys: tuple[str, str] | None = None
    ) -> None:
        """Say what the type hints do not.

        Args:
            computed: properties that are written with a dataclass, for those who only read the data.
            pair_keys: how the halves of tuples of two are called; None where there are none.
        """
        self._computed = computed or {}
        self._pair_keys = pair_keys
        self._shapes: dict[Any, Shape] = {}

    def shape(self, hint: Any) -> Shape:
        """Return the shape of a type's values.

        Raises:
            TypeError: when they have none, which is a fault of whoever declared the type.
        """
        if hint not in self._shapes:
            self._shapes[hint] = self._made(hint)
        return self._shapes[hint]

    def _made(self, hint: Any) -> Shape:
        origin = get_origin(hint)
        if origin in (UnionType, Union):
            return self._optional(get_args(hint))
        if origin is tuple:
            return self._tuple(get_args(hint))
        if isinstance(origin, type) and issubclass(origin, Mapping) and get_args(hint)[0] is str:
            return MappingOf(self.shape(get_args(hint)[1]))
        if isinstance(hint, type):
            if issubclass(hint, Enum) and all(isinstance(member.value, str) for member in hint):
                return Member({member.value: member for member in hint})
            if is_dataclass(hint):
                return self._fields(hint)
            if hint in (datetime, time):
                return Moment(hint)
            if hint in PLAIN_TYPES:
                return Plain(hint)
        raise TypeError(f"no record can hold {hint}")

    def _optional(self, options: tuple[Any, ...]) -> Shape:
        inner = [option for option in options if option is not NoneType]
        if len(inner) != 1 or len(inner) == len(options):
            raise TypeError(f"a record cannot tell the options {options} apart")
        return Optional(self.shape(inner[0]))

    def _tuple(self, items: tuple[Any, ...]) -> Shape:
        if len(items) == 2 and items[1] is Ellipsis:
            return ListOf(self.shape(items[0]))
        if len(items) == 2 and self._pair_keys is not None:
            return Pair(self._pair_keys, (self.shape(items[0]), self.shape(items[1])))
        raise TypeError(f"a record holds no tuple of {items}")

    def _fields(self, kind: type) -> Shape:
        hints = get_type_hints(kind)
        shapes = {}
        for field in fields(kind):
            # What takes no part in equality, such as where something was written, is no part of what it says.
            if field.compare:
                shapes[field.name] = self.shape(hints[field.name])
            elif field.default is MISSING and field.default_factory is MISSING:
                raise TypeError(f"{kind.__name__}.{field.name} is not written and has no default")
        return Fields(kind, shapes, self._computed.get(kind, ()))


def without_format(data: object, expected: str) -> Mapping[str, object]:
    """Return a document without its key ``format``, which must say that it is of an expected one.

    Raises:
        RecordError: when it is no object, or of another format.
    """
    if not isinstance(data, Mapping):
        raise RecordError("", f"expected an object, found {kind_of(data)}")
    if "format" not in data:
        raise RecordError("", f"has no `format`; this version reads `{expected}`")
    if data["format"] != expected:
        raise RecordError("", f"has the format {shown(data['format'])}; this version reads `{expected}`")
    return {key: value for key, value in data.items() if key != "format"}
