"""What Kubernetes takes a plain scalar for.

Manifests reach the cluster through the YAML reader of the Kubernetes tools, which knows more booleans than
YAML 1.2 (`y`, `on`) and fewer numbers than YAML 1.1 (`12:30` is a text, and so is a date).
"""

from __future__ import annotations

import re
from enum import Enum


class Reading(Enum):
    """The type of a scalar; the values are how messages call it."""

    TEXT = "a string"
    NULL = "nothing"
    BOOLEAN = "a boolean"
    INTEGER = "a whole number"
    FLOAT = "a number"


_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE = frozenset({"y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "true", "True", "TRUE"})
_FALSE = frozenset({"n", "N", "no", "No", "NO", "off", "Off", "OFF", "false", "False", "FALSE"})
_INTEGER = re.compile(r"[-+]?(?:0[bB][01_]+|0[oO]?[0-7_]+|0[xX][0-9a-fA-F_]+|[0-9][0-9_]*)", re.ASCII)
_FLOAT = re.compile(
    r"[-+]?(?:\.[0-9_]+|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9_]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
    re.ASCII,
)
_NUMBER_START = frozenset("0123456789+-.")


def reading(text: str) -> Reading:
    """Return what a plain scalar is taken for. Source: the YAML reader of the Kubernetes tools."""
    if text in _NULLS:
        return Reading.NULL
    if text in _TRUE or text in _FALSE:
        return Reading.BOOLEAN
    if text[0] in _NUMBER_START:
        if _INTEGER.fullmatch(text):
            return Reading.INTEGER
        if _FLOAT.fullmatch(text):
            return Reading.FLOAT
    return Reading.TEXT


def boolean(text: str) -> bool:
    """Return the boolean that a scalar read as `Reading.BOOLEAN` says."""
    return text in _TRUE


def integer(text: str) -> int | None:
    """Return the whole number that a numeric scalar says; None for any other number.

    A number with a fraction of zero (`5.0`) is whole, as it is in JSON. More than 30 characters is no number
    anybody means.
    """
    digits = text.replace("_", "").lower()
    if len(digits) > 30:
        return None
    sign = -1 if digits.startswith("-") else 1
    body = digits.lstrip("+-")
    try:
        for prefix, base in (("0b", 2), ("0o", 8), ("0x", 16)):
            if body.startswith(prefix):
                return sign * int(body[2:], base)
        if body.isdigit():
            octal = len(body) > 1 and body[0] == "0" and not set(body) & {"8", "9"}
            return sign * int(body, 8 if octal else 10)
        value = float(body)
    except ValueError:
        return None
    return sign * int(value) if value.is_integer() and abs(value) < 1e15 else None
