"""The words of the language: how names, strings and durations are written and read."""

from __future__ import annotations

import re

BARE_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\Z")
"""What may be written as a name without quotes."""

_ESCAPES = {'"': '"', "\\": "\\", "n": "\n", "t": "\t", "r": "\r"}
_PRINTED = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_ESCAPE = re.compile(r"\\(u\{[0-9A-Fa-f]{1,6}\}|.)", re.DOTALL)

_DURATION_UNITS = (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1))
_UNIT_SECONDS = dict(_DURATION_UNITS)
_DURATION_PART = re.compile(r"(\d+)([dhms])")


class BadEscapeError(ValueError):
    """A string holds an escape that does not exist.

    Attributes:
        offset: 0-based offset of the backslash in the token, quotes included.
        text: the escape as written.
    """

    def __init__(self, offset: int, text: str) -> None:
        super().__init__(text)
        self.offset = offset
        self.text = text


def unquote(token: str) -> str:
    r"""Return the text a string token stands for.

    Raises:
        BadEscapeError: for an escape other than ``\" \\ \n \t \r \u{...}``.
    """
    if "\\" not in token:
        return token[1:-1]

    def replace(match: re.Match[str]) -> str:
        body = match[1]
        if body in _ESCAPES:
            return _ESCAPES[body]
        if body.startswith("u{"):
            number = int(body[2:-1], 16)
            if number <= 0x10FFFF and not 0xD800 <= number <= 0xDFFF:
                return chr(number)
        raise BadEscapeError(match.start() + 1, match[0])

    return _ESCAPE.sub(replace, token[1:-1])


def quote(text: str) -> str:
    """Return the string token for a text; `unquote` is its inverse."""
    return '"' + "".join(_PRINTED.get(character) or _printable(character) for character in text) + '"'


def _printable(character: str) -> str:
    return character if character.isprintable() else f"\\u{{{ord(character):x}}}"


def name_token(name: str) -> str:
    """Return a name as it is written: bare where possible, else quoted."""
    return name if BARE_NAME.match(name) else quote(name)


def duration_seconds(token: str) -> int:
    """Return the seconds of a duration such as ``1h30m``; units go from large to small, each once."""
    return sum(int(number) * _UNIT_SECONDS[unit] for number, unit in _DURATION_PART.findall(token))


def duration_token(seconds: int) -> str:
    """Return the shortest exact duration: ``5400`` is ``1h30m``; nothing is ``0s``."""
    parts = []
    for unit, size in _DURATION_UNITS:
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"
