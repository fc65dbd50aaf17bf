"""Secrets by reference: where one is kept is written down, the secret itself never is.

A reference is ``env:NAME`` or ``file:PATH``. It is read when it is needed, and again each time, so that a token that
was replaced is found; the value shows itself neither in `repr`, nor in messages, nor in tracebacks.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

LONGEST = 64 * 1024
"""Bytes a secret may have."""

GUESSABLE = 16
"""Characters below which no server makes a token."""

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,254}")


class SecretError(Exception):
    """A secret cannot be had; the text says why, without any part of it.

    Attributes:
        help: what to do.
    """

    def __init__(self, reason: str, help: str) -> None:
        """Describe what went wrong."""
        super().__init__(reason)
        self.help = help


class Secret:
    """A text that does not show itself."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        """Keep a text."""
        self._text = text

    def reveal(self) -> str:
        """Return the text, for the one place that sends it."""
        return self._text

    def hidden_in(self, text: str) -> str:
        """Return a text without the secret, for what others have said about it.

        What JSON makes of a secret's letters counts as well: the text of an answer is looked at before it is read.
        """
        if not self._text:
            return text
        text = text.replace(self._text, "***")
        return re.sub("".join(map(_as_json, self._text)), "***", text) if "\\" in text else text

    def taken_from(self, data: bytes) -> bytes:
        """Return an answer that is to be read without the secret as it is; cheaper than `hidden_in`.

        One shorter than `GUESSABLE` is left, since it could be a part of anything.
        """
        if len(self._text) < GUESSABLE:
            return data
        return data.replace(self._text.encode("utf-8", "surrogateescape"), b"***")

    def __repr__(self) -> str:
        """Return that there is one."""
        return "Secret(***)"

    __str__ = __repr__

    def __reduce__(self) -> str:
        """Refuse to be stored."""
        raise TypeError("a secret is not stored")


@dataclass(frozen=True, slots=True)
class SecretReference:
    """Where a secret is.

    Attributes:
        place: ``env`` or ``file``.
        name: of the variable, or the file's path; a relative one is taken from the workspace's folder.
    """

    place: str
    name: str

    def __str__(self) -> str:
        """Return it as it is written."""
        return f"{self.place}:{self.name}"

    def read(self, base: Path, environment: Mapping[str, str] | None = None) -> Secret:
        """Return the secret as it is now, without one line end after it.

        Args:
            base: the folder that a relative path is taken from.
            environment: variables; None for those of this process.

        Raises:
            SecretError: when it is not there, is empty, too long, or is no text that can be sent in a header.
        """
        text = self._variable(environment) if self.place == "env" else self._file(base)
        text = text.removesuffix("\n").removesuffix("\r")
        if not text:
            raise SecretError(f"the secret `{self}` is empty", "put the token there")
        if any(ord(character) < 32 or ord(character) == 127 for character in text):
            raise SecretError(f"the secret `{self}` has more than one line", "put the token there, and nothing else")
        return Secret(text)

    def _variable(self, environment: Mapping[str, str] | None) -> str:
        text = (os.environ if environment is None else environment).get(self.name)
        if text is None:
            raise SecretError(f"the variable `{self.name}` is not set", f"set `{self.name}`, or correct `{self}`")
        if len(text) > LONGEST:
            raise SecretError(f"the variable `{self.name}` is longer than any token", "put the token there")
        return text

    def _file(self, base: Path) -> str:
        path = base / Path(self.name).expanduser()
        try:
            # A pipe would be waited for; the descriptor says what was really opened.
            descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as failure:
            raise SecretError(f"`{self.name}` cannot be read: {failure.strerror}", f"correct `{self}`") from failure
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise SecretError(f"`{self.name}` is not a file", f"correct `{self}`")
        with os.fdopen(descriptor, "rb") as file:
            content = file.read(LONGEST + 1)
        if len(content) > LONGEST:
            raise SecretError(f"`{self.name}` is longer than any token", f"correct `{self}`")
        try:
            return content.decode("utf-8")
        except UnicodeDecodeError:
            # Without the cause, which quotes the content.
            raise SecretError(f"`{self.name}` is not text", f"correct `{self}`") from None


def parse_reference(text: str) -> SecretReference:
    """Read ``env:NAME`` or ``file:PATH``.

    Raises:
        ValueError: when it is neither. The text is not repeated: it may be the secret itself.
    """
    place, colon, name = text.partition(":")
    if colon and place == "env" and _VARIABLE.fullmatch(name):
        return SecretReference(place, name)
    if colon and place == "env":
        raise ValueError("what follows `env:` is not the name of an environment variable")
    if colon and place == "file" and name.strip() and "\0" not in name:
        return SecretReference(place, name)
    raise ValueError("a secret is not written down; say `env:NAME` or `file:PATH`, where it is")


def _as_json(letter: str) -> str:
    """Return a pattern for a letter in a JSON string: by its number, as it is, or behind a backslash.

    Source: RFC 8259, section 7.
    """
    units = letter.encode("utf-16-be", "surrogatepass").hex()
    number = "".join(rf"\\u(?i:{units[at : at + 4]})" for at in range(0, len(units), 4))
    return rf"(?:{number}|\\?{re.escape(letter)})"
