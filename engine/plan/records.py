"""Frozen dataclasses as plain data and back: strictly, field by field, so that nothing is lost or made up.

    dataclass      an object with its fields, in their order; a field that takes no part in equality is left out
    Enum           its value
    datetime, time ISO 8601
    tuple          a list
    Mapping        an object
    X | None       X, or null

The functions for a type are made once and kept; reading a release costs what building it costs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime, time
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from grammar.render import printable

Reader = Callable[[object], Any]
"""Makes a value of plain data, or raises `RecordError`."""

_TYPE_NAMES: dict[type, str] = {str: "a text", int: "a whole number", bool: "true or false"}


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
        """Return the same error, seen from what holds the data under a name or an index in brackets."""
        joint = "" if not self.path or self.path.startswith("[") else "."
        return RecordError(f"{outer}{joint}{self.path}", self.reason)


def write(value: object) -> Any:
    """Return a value as dictionaries, lists, texts, numbers, booleans and None.

    Raises:
        TypeError: for a value of a type that has no form as data.
    """
    match value:
        case None | bool() | int() | str():
            return value
        case Enum():
            return value.value
        case tuple():
            return [write(item) for item in value]
        case Mapping():
            return {key: write(item) for key, item in value.items()}
        case datetime() | time():
            return value.isoformat()
        case _ if is_dataclass(value) and not isinstance(value, type):
            return {name: write(getattr(value, name)) for name in field_names(type(value))}
        case _:
            raise TypeError(f"a record holds no {type(value).__name__}")


@cache
def field_names(kind: type) -> tuple[str, ...]:
    """Return the fields of a dataclass that are written, in their order."""
    return tuple(field.name for field in fields(kind) if field.compare)


@cache
def record_hints(kind: type) -> dict[str, Any]:
    """Return the types of a dataclass's fields that are written, by name and in order."""
    hints = get_type_hints(kind)
    return {name: hints[name] for name in field_names(kind)}


@cache
def reader(hint: Any) -> Reader:
    """Return the function that reads data as the value of a type.

    Raises:
        TypeError: for a type whose values have no form as data, a fault of whoever declared it.
    """
    origin = get_origin(hint)
    if origin in (UnionType, Union):
        return _optional(get_args(hint))
    if origin is tuple:
        return _list(get_args(hint))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _mapping(get_args(hint))
    if isinstance(hint, type):
        if issubclass(hint, Enum):
            return _member(hint)
        if is_dataclass(hint):
            return _record(hint)
        if hint in (datetime, time):
            return _moment(hint)
        if hint in _TYPE_NAMES:
            return _plain(hint)
    raise TypeError(f"no record can hold {hint}")


def check_keys(data: object, keys: tuple[str, ...]) -> Mapping[str, object]:
    """Return an object that has exactly these keys.

    Raises:
        RecordError: when it is none, or a key is unknown or missing.
    """
    if not isinstance(data, Mapping):
        raise RecordError("", f"expected an object, found {kind_of(data)}")
    for key in data:
        if key not in keys:
            raise RecordError("", f"unknown key {shown(key)}")
    for key in keys:
        if key not in data:
            raise RecordError("", f"the key `{key}` is missing")
    return data


def _record(kind: type) -> Reader:
    for field in fields(kind):
        if not field.compare and field.default is MISSING and field.default_factory is MISSING:
            raise TypeError(f"{kind.__name__}.{field.name} is not written and has no default")
    names = field_names(kind)

    def read(data: object) -> object:
        found = check_keys(data, names)
        values = {}
        for name, read_field in readers.items():
            try:
                values[name] = read_field(found[name])
            except RecordError as error:
                raise error.inside(name) from None
        return kind(**values)

    readers = {name: reader(hint) for name, hint in record_hints(kind).items()}
    return read


def _optional(options: tuple[Any, ...]) -> Reader:
    inner = [option for option in options if option is not NoneType]
    if len(inner) != 1 or len(inner) == len(options):
        raise TypeError(f"a record cannot tell the options {options} apart")
    read_inner = reader(inner[0])
    return lambda data: None if data is None else read_inner(data)


def _list(items: tuple[Any, ...]) -> Reader:
    if len(items) != 2 or items[1] is not Ellipsis:
        raise TypeError(f"a record holds lists of one type, not of {items}")
    read_item = reader(items[0])

    def read(data: object) -> tuple[object, ...]:
        if not isinstance(data, list):
            raise RecordError("", f"expected a list, found {kind_of(data)}")
        values = []
        for item in data:
            try:
                values.append(read_item(item))
            except RecordError as error:
                raise error.inside(f"[{len(values)}]") from None
        return tuple(values)

    return read


def _mapping(items: tuple[Any, ...]) -> Reader:
    if items[0] is not str:
        raise TypeError("a record holds mappings from texts")
    read_item = reader(items[1])

    def read(data: object) -> dict[str, object]:
        if not isinstance(data, Mapping):
            raise RecordError("", f"expected an object, found {kind_of(data)}")
        values: dict[str, object] = {}
        for key, item in data.items():
            if type(key) is not str:
                raise RecordError("", f"expected a text as a key, found {kind_of(key)}")
            try:
                values[key] = read_item(item)
            except RecordError as error:
                raise error.inside(f"[{shown(key)}]") from None
        return values

    return read


def _member(kind: type[Enum]) -> Reader:
    members = {member.value: member for member in kind}
    known = ", ".join(f"`{value}`" for value in members)

    def read(data: object) -> Enum:
        member = members.get(data) if isinstance(data, str) else None
        if member is None:
            raise RecordError("", f"expected one of {known}, found {shown(data)}")
        return member

    return read


def _moment(kind: type[datetime] | type[time]) -> Reader:
    what = "a date and time" if kind is datetime else "a time of day"

    def read(data: object) -> object:
        try:
            value = kind.fromisoformat(data) if isinstance(data, str) else None
        except ValueError:
            value = None
        # Python reads more forms than it writes; only the written one is what was stored.
        if value is None or value.isoformat() != data:
            raise RecordError("", f"expected {what} in ISO 8601, found {shown(data)}")
        return value

    return read


def _plain(kind: type) -> Reader:
    def read(data: object) -> object:
        # A boolean is an integer to Python, but not to a reader.
        if type(data) is not kind:
            raise RecordError("", f"expected {_TYPE_NAMES[kind]}, found {kind_of(data)}")
        return data

    return read


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
