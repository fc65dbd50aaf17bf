"""A stored plan read back: exactly what `engine.plan.serialize` wrote, or an error that says where it is not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from engine.plan.nodes import Plan, PlannedStep
from engine.plan.serialize import FORMAT, PAIR_KEYS
from grammar.render import printable

_MISSING = object()
_FLAGS = ("applyable", "complete", "no_op")


class PlanDataError(ValueError):
    """Data that is not a plan.

    Attributes:
        path: where, as in ``steps[0].environment``; empty for the whole.
        reason: what is wrong there: lower case, no final period.
    """

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path or 'plan'}: {reason}")
        self.path = path
        self.reason = reason


def from_data(data: object) -> Plan:
    """Return the plan that was stored as data.

    Args:
        data: what `engine.plan.serialize.to_data` returned, or JSON made of it.

    Raises:
        PlanDataError: when the format is another one, a key is unknown or missing, a value has the wrong type, or a
            computed value (``state``, ``applyable``, ``complete``, ``no_op``) contradicts the rest.
    """
    if not isinstance(data, Mapping):
        raise PlanDataError("", f"expected an object, found {_name(data)}")
    found = data.get("format", _MISSING)
    if found != FORMAT:
        what = "has no `format`" if found is _MISSING else f"has the format {_shown(found)}"
        raise PlanDataError("", f"{what}; this version reads `{FORMAT}`")
    record = {key: value for key, value in data.items() if key != "format"}
    plan = _record(Plan, record, "", computed=_FLAGS)
    assert isinstance(plan, Plan)
    return plan


def _record(kind: type, data: object, path: str, computed: tuple[str, ...] = ()) -> object:
    """Return a dataclass made of an object, every key of which must be known and every field of which present."""
    if not isinstance(data, Mapping):
        raise PlanDataError(path, f"expected an object, found {_name(data)}")
    hints = _hints(kind)
    for key in data:
        if key not in hints and key not in computed:
            raise PlanDataError(path, f"unknown key {_shown(key)}")
    for key in (*hints, *computed):
        if key not in data:
            raise PlanDataError(path, f"the key `{key}` is missing")
    value = kind(**{name: _value(hint, data[name], _join(path, name)) for name, hint in hints.items()})
    for name in computed:
        _check_computed(getattr(value, name), data[name], _join(path, name))
    return value


@cache
def _hints(kind: type) -> dict[str, Any]:
    """Return the types of a dataclass's fields, by name and in order."""
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}


def _value(hint: Any, data: object, path: str) -> object:
    """Return data as the value of a type that the plan's dataclasses use."""
    origin = get_origin(hint)
    if origin in (UnionType, Union):
        (inner,) = (option for option in get_args(hint) if option is not NoneType)
        return None if data is None else _value(inner, data, path)
    if origin is tuple:
        return _tuple(get_args(hint), data, path)
    if issubclass(hint, Enum):
        return _member(hint, data, path)
    if isinstance(hint, type) and is_dataclass(hint):
        return _record(hint, data, path, computed=("state",) if hint is PlannedStep else ())
    # A boolean is an integer to Python, but not to a reader.
    if type(data) is not hint:
        raise PlanDataError(path, f"expected {_TYPE_NAMES[hint]}, found {_name(data)}")
    return data


def _tuple(items: tuple[Any, ...], data: object, path: str) -> tuple[object, ...]:
    if items[1] is Ellipsis:
        if not isinstance(data, list):
            raise PlanDataError(path, f"expected a list, found {_name(data)}")
        return tuple(_value(items[0], item, f"{path}[{index}]") for index, item in enumerate(data))
    if not isinstance(data, Mapping):
        raise PlanDataError(path, f"expected an object, found {_name(data)}")
    if set(data) != set(PAIR_KEYS):
        raise PlanDataError(path, f"expected the keys `{'` and `'.join(PAIR_KEYS)}`")
    return tuple(_value(hint, data[key], _join(path, key)) for key, hint in zip(PAIR_KEYS, items, strict=True))


def _member(kind: type[Enum], data: object, path: str) -> Enum:
    for member in kind:
        if member.value == data:
            return member
    known = ", ".join(f"`{member.value}`" for member in kind)
    raise PlanDataError(path, f"expected one of {known}, found {_shown(data)}")


def _check_computed(value: object, data: object, path: str) -> None:
    expected = value.value if isinstance(value, Enum) else value
    if type(data) is not type(expected) or data != expected:
        raise PlanDataError(path, f"says {_shown(data)}, but the plan it stands in comes to {_shown(expected)}")


_TYPE_NAMES: dict[type, str] = {str: "a text", int: "a whole number", bool: "true or false"}


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _name(data: object) -> str:
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


def _shown(data: object) -> str:
    """Return a short value for a message; anything longer or deeper only by its sort."""
    if isinstance(data, str) and len(data) <= 80:
        return f"`{printable(data)}`"
    return _name(data)
