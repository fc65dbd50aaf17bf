"""What a text that says where a store is can say; checked without opening anything and without SQLAlchemy."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,254}")
_LONGEST = 4096  # characters


@dataclass(frozen=True, slots=True)
class StorePath:
    """A SQLite file."""

    path: str


@dataclass(frozen=True, slots=True)
class StoreUrl:
    """A PostgreSQL database."""

    url: str


@dataclass(frozen=True, slots=True)
class StoreFromVariable:
    """Whatever an environment variable says."""

    name: str


def read_setting(text: str, *, secret: bool = False) -> StorePath | StoreUrl | StoreFromVariable:
    """Read `env:NAME`, a path, `sqlite:///PATH` or a `postgresql://` URL.

    Args:
        text: what was written.
        secret: whether it may hold a password; it is not repeated in messages then.

    Raises:
        ValueError: when it says none of these, or holds a password that it must not; the text says why.
    """
    if not text.strip() or len(text) > _LONGEST or any(ord(character) < 32 for character in text):
        raise ValueError("a store is a path, a URL such as `postgresql://user@host/database`, or `env:NAME`")
    if text.startswith("env:"):
        return _variable(text.removeprefix("env:"))
    scheme = _SCHEME.match(text)
    if scheme is None:
        return StorePath(text)
    if scheme[1].lower() == "sqlite":
        path = text[scheme.end() :]
        if not path.startswith("/") or path == "/":
            raise ValueError("a SQLite URL is `sqlite:///relative/path` or `sqlite:////absolute/path`")
        return StorePath(path[1:])
    if scheme[1].lower() not in ("postgresql", "postgres"):
        raise ValueError(f"`{scheme[1]}` is no kind of store; there are `postgresql` and `sqlite`")
    return StoreUrl(_postgresql(text, secret))


def _variable(name: str) -> StoreFromVariable:
    if not _VARIABLE.fullmatch(name):
        raise ValueError("what follows `env:` is not the name of an environment variable")
    return StoreFromVariable(name)


def _postgresql(text: str, secret: bool) -> str:
    try:
        parts = urlsplit(text)
        password = parts.password
        _ = parts.port
    except ValueError as problem:
        # The text of the problem can quote the password.
        raise ValueError("the URL is not well formed") from (None if secret else problem)
    query = dict(parse_qsl(parts.query))
    if not secret and (password is not None or "password" in query):
        raise ValueError("a password does not belong into a file; say `env:NAME` and put the URL into that variable")
    return "postgresql" + text[len(parts.scheme) :]
