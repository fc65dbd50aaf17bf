"""How the values of one type look as plain data: a shape writes them, and reads them back strictly.

    Plain      a text, a whole number, true or false: themselves
    Member     a member of an enumeration: its value, a text
    Moment     a date and time, or a time of day: ISO 8601
    Optional   another shape, or null
    ListOf     a tuple of any length: a list
    Pair       a tuple of two: an object with two keys
    MappingOf  a mapping from texts: an object
    Fields     a dataclass: an object with its fields, in their order

`engine.plan.records` chooses the shape of a type.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from enum import Enum
from typing import Any, Protocol

from grammar.render import printable


class RecordError(ValueError):
    """Data that is not what it should be.

    Attributes:
        path: where, as in ``steps[0].environment``; empty for the whole.
        reason: what is wrong there: lower case, no final period.
    """

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}" if path else reason)
        self.path = path
        self.reason = reason

    def inside(self, outer: str) -> RecordError:
        """Return the same error as seen from what holds the data under a name, or an index in brackets."""
        joint = "" if not self.path or self.path.startswith("[") else "."
        return RecordError(f"{outer}{joint}{self.path}", self.reason)


class Shape(Protocol):
    """How the values of a type look as data."""

    def write(self, value: Any) -> Any:
        """Return a value as dictionaries, lists, texts, numbers, booleans and None."""

    def read(self, data: object) -> Any:
        """Return the value that data stands for.

        Raises:
            RecordError: when it stands for none.
        """


@dataclass(frozen=True, slots=True)
class Plain:
    """Values that are data themselves."""

    kind: type

    def write(self, value: Any) -> Any:
        """Return the value."""
        return value

    def read(self, data: object) -> Any:
        """Return the data, if it has the type."""
        # A boolean is an integer to Python, but not to a reader.
        if type(data) is not self.kind:
            raise RecordError("", f"expected {PLAIN_TYPES[self.kind]}, found {kind_of(data)}")
        return data


PLAIN_TYPES: dict[type, str] = {str: "a text", int: "a whole number", bool: "true or false"}
"""The types that are data themselves, and how they are called."""


@dataclass(frozen=True, slots=True)
class Member:
    """Members of an enumeration whose values are texts."""

    members: Mapping[object, Enum]

    def write(self, value: Any) -> Any:
        """Return the member's value."""
        return value.value

    def read(self, data: object) -> Enum:
        """Return the member with a value."""
        member = self.members.get(data) if isinstance(data, str) else None
        if member is None:
            known = ", ".join(f"`{value}`" for value in self.members)
            raise RecordError("", f"expected one of {known}, found {shown(data)}")
        return member


@dataclass(frozen=True, slots=True)
class Moment:
    """Dates with times, or times of a day."""

    kind: type[datetime] | type[time]

    def write(self, value: Any) -> Any:
        """Return the moment in ISO 8601."""
        return value.isoformat()

    def read(self, data: object) -> Any:
        """Return the moment that a text means, if it is written as `write` does."""
        try:
            value = self.kind.fromisoformat(data) if isinstance(data, str) else None
        except ValueError:
            value = None
        # Python reads more forms than it writes; only the written one is what was stored.
        if value is None or value.isoformat() != data:
            what = "a date and time" if self.kind is datetime else "a time of day"
            raise RecordError("", f"expected {what} in ISO 8601, found {shown(data)}")
        return value


@dataclass(frozen=True, slots=True)
class Optional:
    """Values of another shape, or None."""

    inner: Shape

    def write(self, value: Any) -> Any:
        """Return null for None."""
        return None if value is None else self.inner.write(value)

    def read(self, data: object) -> Any:
        """Return None for null."""
        return None if data is None else self.inner.read(data)


@dataclass(frozen=True, slots=True)
class ListOf:
    """Tuples of any length."""

    item: Shape

    def write(self, value: Any) -> Any:
        """Return a list."""
        write = self.item.write
        return [write(item) for item in value]

    def read(self, data: object) -> tuple[Any, ...]:
        """Return a tuple."""
        if not isinstance(data, list):
            raise RecordError("", f"expected a list, found {kind_of(data)}")
        values: list[Any] = []
        read = self.item.read
        try:
            for item in data:
                values.append(read(item))
        except RecordError as error:
            raise error.inside(f"[{len(values)}]") from None
        return tuple(values)


@dataclass(frozen=True, slots=True)
class Pair:
    """Tuples of two, whose halves have names."""

    keys: tuple[str, str]
    items: tuple[Shape, Shape]

    def write(self, value: Any) -> Any:
        """Return an object with two keys."""
        return {key: item.write(half) for key, item, half in zip(self.keys, self.items, value, strict=True)}

    def read(self, data: object) -> tuple[Any, ...]:
        """Return a tuple of two."""
        if not isinstance(data, Mapping):
            raise RecordError("", f"expected an object, found {kind_of(data)}")
        if set(data) != set(self.keys):
            raise RecordError("", f"expected the keys `{'` and `'.join(self.keys)}`")
        return tuple(_within(key, item, data[key]) for key, item in zip(self.keys, self.items, strict=True))


@dataclass(frozen=True, slots=True)
class MappingOf:
    """Mappings from texts."""

    item: Shape

    def write(self, value: Any) -> Any:
        """Return an object."""
        return {key: self.item.write(item) for key, item in value.items()}

    def read(self, data: object) -> dict[str, Any]:
        """Return a dictionary."""
        if not isinstance(data, Mapping):
            raise RecordError("", f"expected an object, found {kind_of(data)}")
        for key in data:
            if type(key) is not str:
                raise RecordError("", f"expected a text as a key, found {kind_of(key)}")
        return {key: _within(f"[{shown(key)}]", self.item, item) for key, item in data.items()}


@dataclass(frozen=True, slots=True)
class Fields:
    """A dataclass.

    Attributes:
        kind: which.
        shapes: of the fields that are written, by name and in order.
        computed: properties that are written after them for readers of the data, and checked when it is read.
    """

    kind: type
    shapes: Mapping[str, Shape]
    computed: tuple[str, ...] = ()

    def write(self, value: Any) -> dict[str, Any]:
        """Return an object."""
        record = {name: shape.write(getattr(value, name)) for name, shape in self.shapes.items()}
        for name in self.computed:
            record[name] = _plain(getattr(value, name))
        return record

    def read(self, data: object) -> Any:
        """Return an instance, if every key is known and none is missing."""
        if not isinstance(data, Mapping):
            raise RecordError("", f"expected an object, found {kind_of(data)}")
        if len(data) != len(self.shapes) + len(self.computed) or not data.keys() >= self.shapes.keys():
            self._check_keys(data)
        values = {}
        try:
            for name, shape in self.shapes.items():
                values[name] = shape.read(data[name])
        except RecordError as error:
            raise error.inside(name) from None
        instance = self.kind(**values)
        for name in self.computed:
            _check_computed(_plain(getattr(instance, name)), data, name)
        return instance

    def _check_keys(self, data: Mapping[Any, object]) -> None:
        for key in data:
            if key not in self.shapes and key not in self.computed:
                raise RecordError("", f"unknown key {shown(key)}")
        for key in (*self.shapes, *self.computed):
            if key not in data:
                raise RecordError("", f"the key `{key}` is missing")


def _within(name: str, shape: Shape, data: object) -> Any:
    try:
        return shape.read(data)
    except RecordError as error:
        raise error.inside(name) from None


def _plain(value: object) -> object:
    return value.value if isinstance(value, Enum) else value


def _check_computed(expected: object, record: Mapping[Any, object], name: str) -> None:
    if name not in record:
        raise RecordError("", f"the key `{name}` is missing")
    data = record[name]
    if type(data) is not type(expected) or data != expected:
        raise RecordError(name, f"says {shown(data)}, but the plan it stands in comes to {shown(expected)}")


def kind_of(data: object) -> str:
    """Return what sort of JSON value something is."""
    match data:
        case None:
            return "null"
        case bool():
            return "true" if data else "false"
        case str():
            return "a text"
        case int() | float():
            return "a number"
        case list():
            return "a list"
        case Mapping():
            return "an object"
        case _:
            return f"a Python `{type(data).__name__}`"


def shown(data: object) -> str:
    """Return a short value for a message; anything longer or deeper only by its sort."""
    if isinstance(data, str) and len(data) <= 80:
        return f"`{printable(data)}`"
    return kind_of(data)
