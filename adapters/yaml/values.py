"""What a document says, apart from how it is written.

Two documents mean the same when their values are equal. Equality is exact: ``true`` is not ``1``, ``1`` is
not ``1.0``, and a number is also its spelling (``1.10`` is not ``1.1``), because a version written as a
number is told apart by its spelling alone.

A plain scalar is a string here only if every reader takes it for one: YAML 1.1 as PyYAML and the Go
libraries resolve it, and the core schema of YAML 1.2.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

Value: TypeAlias = Any
"""A string, a `Typed`, a `Tagged`, a list of values, or a dict from key text to value."""


class Typed(NamedTuple):
    """A scalar that is not certainly a string.

    Attributes:
        kind: ``null``, ``bool``, ``int``, ``float``, ``timestamp``, or ``unsure`` where readers disagree.
        text: the spelling; one common spelling for null, for true and for false.
    """

    kind: str
    text: str


class Tagged(NamedTuple):
    """A value with an explicit tag that does not merely repeat what the value is.

    Queries select it as a whole and never look inside.

    Attributes:
        tag: the resolved tag, e.g. ``!vault``.
        value: what the tag is put on.
    """

    tag: str
    value: Value


_RESOLVED = re.compile(
    r"""(?P<null> ~ | null | Null | NULL | )
      | (?P<true> true | True | TRUE )
      | (?P<false> false | False | FALSE )
      | (?P<bool> yes | Yes | YES | no | No | NO | on | On | ON | off | Off | OFF )
      | (?P<int> [-+]?0b[0-1_]+ | [-+]?0[0-7_]+ | [-+]?(?:0|[1-9][0-9_]*) | [-+]?0x[0-9a-fA-F_]+
               | [-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+ )
      | (?P<float> [-+]?(?:[0-9][0-9_]*)\.[0-9_]*(?:[eE][-+][0-9]+)? | \.[0-9][0-9_]*(?:[eE][-+][0-9]+)?
               | [-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]* | [-+]?\.(?:inf|Inf|INF) | \.(?:nan|NaN|NAN) )
      | (?P<timestamp> [0-9]{4}-[0-9]{2}-[0-9]{2}
               | [0-9]{4}-[0-9][0-9]?-[0-9][0-9]?(?:[Tt]|[ \t]+)[0-9][0-9]?:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?
                 (?:[ \t]*(?:Z|[-+][0-9][0-9]?(?::[0-9]{2})?))? )
      | (?P<unsure> y | Y | n | N | << | = | [-+]?0o?[0-9_]+ | [-+]?0[bB][01_]+ | [-+]?0[xX][0-9a-fA-F_]+
               | [-+]?(?:[0-9][0-9_]*\.?[0-9_]*|\.[0-9_]+)(?:[eE][-+]?[0-9_]+)? | [-+]?[0-9][0-9_]*(?::[0-9_]+)+
                 (?:\.[0-9_]*)?
               | [-+]?\.(?:inf|Inf|INF|nan|NaN|NAN) | [0-9]{4}-[0-9][0-9]?-[0-9][0-9]?(?:[Tt\s].*)? )
    """,
    re.VERBOSE | re.ASCII,
)
_CANONICAL = {"null": Typed("null", "null"), "true": Typed("bool", "true"), "false": Typed("bool", "false")}
_JSON_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_FIRST = frozenset("~nNtTfFyYoO0123456789+-.<=")


json_text: Callable[[Any], str] = json.JSONEncoder(ensure_ascii=False).encode
"""Returns a scalar as JSON, readable beyond ASCII."""


@lru_cache(maxsize=8192)
def resolve(text: str) -> str | Typed:
    """Return what a plain scalar means; the text itself only if every reader takes it for a string.

    Source: YAML 1.1 types (int, float, bool, null, timestamp, merge), YAML 1.2 core schema.
    """
    if text and text[0] not in _FIRST:
        return text
    match = _RESOLVED.fullmatch(text)
    if match is None or match.lastgroup is None:
        return text
    known = _CANONICAL.get(match.lastgroup)
    return known if known is not None else Typed(match.lastgroup, text)


def is_null(value: Value) -> bool:
    """Say whether a value is null."""
    return isinstance(value, Typed) and value.kind == "null"


def scalar_text(value: Value) -> str | None:
    """Return a scalar as text: a number as it is spelled; None for a collection."""
    match value:
        case Typed(_, text):
            return text
        case Tagged(_, inner):
            return scalar_text(inner)
        case str():
            return value
        case _:
            return None


def plain(value: Value) -> Value:
    """Return a scalar as the Python value that a filter compares: str, int, float, bool or None.

    What has no such value (a timestamp, a tagged scalar, an infinite number) is its text.
    """
    match value:
        case Typed("null", _):
            return None
        case Typed("bool", text):
            return text.lower() in ("true", "yes", "on")
        case Typed("int" | "float", text):
            return _number(text)
        case _:
            return scalar_text(value)


def _number(text: str) -> int | float | str:
    digits = text.replace("_", "").lower()
    if len(digits) > 400:
        return text
    sign = -1 if digits.startswith("-") else 1
    body = digits.lstrip("+-")
    try:
        if ":" in body or body in (".inf", ".nan"):
            return text
        if body.startswith("0b"):
            return sign * int(body[2:], 2)
        if body.startswith("0x"):
            return sign * int(body[2:], 16)
        if body.isdigit():
            return sign * (int(body, 8) if body[0] == "0" and len(body) > 1 else int(body))
        return sign * float(body)
    except ValueError:
        return text


def as_json(value: Value) -> str:
    """Return a value as JSON text; numbers keep their spelling where JSON has it."""
    match value:
        case str():
            return json_text(value)
        case Typed("int" | "float", text) if _JSON_NUMBER.fullmatch(text):
            return text
        case Tagged(_, inner):
            return as_json(inner)
        case dict():
            return "{" + ", ".join(f"{as_json(key)}: {as_json(item)}" for key, item in value.items()) + "}"
        case list():
            return "[" + ", ".join(as_json(item) for item in value) + "]"
        case _:
            return json_text(plain(value))
