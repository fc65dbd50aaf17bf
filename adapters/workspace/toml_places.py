"""Where the keys and values of a TOML text stand, for diagnostics."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass

from grammar.span import Span

_SKIPPED = re.compile(r"(?:[ \t\r\n]|#[^\n]*)+")
_KEY = r"(?:[A-Za-z0-9_-]+|\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*')"
_DOTTED = re.compile(rf"{_KEY}(?:[ \t]*\.[ \t]*{_KEY})*")
_PART = re.compile(_KEY)
_HEADER = re.compile(rf"\[\[?[ \t]*({_DOTTED.pattern})[ \t]*\]\]?")
_VALUE = re.compile(
    r"\"{3}(?:[^\\]|\\.)*?\"{3,5}|'{3}.*?'{3,5}|\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*'|(?P<comment>#[^\n]*)"
    r"|(?P<open>[\[{])|(?P<close>[\]}])|(?P<end>\n)|[^\"'#\[\]{}\n]+",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class TomlPlaces:
    """Spans of keys and of their values, by the key's whole path."""

    keys: dict[tuple[str, ...], Span]
    values: dict[tuple[str, ...], Span]

    def key(self, path: tuple[str, ...]) -> Span | None:
        """Return where a key stands, or the nearest table around it."""
        return _nearest(self.keys, path)

    def value(self, path: tuple[str, ...]) -> Span | None:
        """Return where a value stands, or the nearest one around it."""
        return _nearest(self.values, path) or _nearest(self.keys, path)


def toml_places(text: str, source: str) -> TomlPlaces:
    """Find every key of a text that is valid TOML; keys inside inline tables are left to the table's own key."""
    places = TomlPlaces({}, {})
    table: tuple[str, ...] = ()
    position = 0
    while position < len(text):
        skipped = _SKIPPED.match(text, position)
        if skipped:
            position = skipped.end()
            continue
        header = _HEADER.match(text, position)
        if header:
            table = _parts(header[1])
            for length in range(1, len(table) + 1):
                places.keys.setdefault(table[:length], Span(header.start(1), header.end(1), source))
            position = header.end()
            continue
        key = _DOTTED.match(text, position)
        equals = text.find("=", key.end()) if key else -1
        if key is None or equals < 0:
            break
        path = (*table, *_parts(key[0]))
        for length in range(len(table) + 1, len(path) + 1):
            places.keys.setdefault(path[:length], Span(key.start(), key.end(), source))
        start, position = _value(text, equals + 1)
        places.values[path] = Span(start, max(start, _trimmed(text, start, position)), source)
    return places


def _value(text: str, position: int) -> tuple[int, int]:
    """Return where the value after an equals sign starts, and the offset of the line's end after it."""
    while position < len(text) and text[position] in " \t":
        position += 1
    start, depth = position, 0
    for piece in _VALUE.finditer(text, position):
        if piece["open"]:
            depth += 1
        elif piece["close"]:
            depth -= 1
        if depth <= 0 and (piece["end"] or piece["comment"]):
            return start, piece.start()
    return start, len(text)


def _trimmed(text: str, start: int, end: int) -> int:
    return start + len(text[start:end].rstrip())


def _parts(dotted: str) -> tuple[str, ...]:
    """Split a dotted key, unquoting its parts the way TOML does."""
    return tuple(_unquoted(part) for part in _PART.findall(dotted))


def _unquoted(part: str) -> str:
    if part[0] not in "\"'":
        return part
    value = tomllib.loads(f"key = {part}")["key"]
    assert isinstance(value, str)
    return value


def _nearest(places: dict[tuple[str, ...], Span], path: tuple[str, ...]) -> Span | None:
    return next((places[path[:n]] for n in range(len(path), 0, -1) if path[:n] in places), None)
