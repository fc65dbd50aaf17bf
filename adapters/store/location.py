"""Where a store is: a SQLite file or a PostgreSQL database."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from adapters.store.errors import StoreSettingError
from adapters.store.setting import StoreFromVariable, StorePath, StoreUrl, read_setting

URL_VARIABLE = "PROMO_STORE_URL"
"""The environment variable that says where the store is, before anything in `promo.toml`."""

DEFAULT_FILE = ".promo/releases.db"
"""Where the releases of a workspace are kept when nothing else is said, from the workspace's folder."""

_PASSWORD = re.compile(r"(://[^/@\s:]*):[^@\s/]*@|([?&]password=)[^&\s]*")


@dataclass(frozen=True, slots=True)
class SqliteLocation:
    """A file of this machine.

    Attributes:
        path: absolute.
    """

    path: Path

    @property
    def shown(self) -> str:
        """For messages."""
        return str(self.path)


@dataclass(frozen=True, slots=True)
class PostgresLocation:
    """A database of a server.

    Attributes:
        url: as libpq reads it; may hold a password, so it is never shown.
    """

    url: str

    @property
    def shown(self) -> str:
        """For messages, without the password."""
        return without_password(self.url)

    @property
    def passwords(self) -> tuple[str, ...]:
        """The passwords in the URL, as they are written and as they are meant; for whoever keeps them out of logs."""
        parts = urlsplit(self.url)
        fields = (field.partition("=") for field in parts.query.split("&"))
        written = [parts.netloc.rpartition("@")[0].partition(":")[2]]
        written += [value for name, _, value in fields if name == "password"]
        return tuple(dict.fromkeys(text for one in written if one for text in (one, unquote(one))))

    def __repr__(self) -> str:
        """Leave the password out of tracebacks too."""
        return f"PostgresLocation({self.shown!r})"


StoreLocation = SqliteLocation | PostgresLocation


def locate(setting: str, environ: Mapping[str, str], folder: Path) -> StoreLocation:
    """Return where the releases of a workspace are kept.

    Args:
        setting: `url` of the table `[store]` in `promo.toml`; empty where it is not set.
        environ: the environment; `PROMO_STORE_URL` is used before the setting, unless it is empty.
        folder: the workspace's; paths are taken from it.

    Raises:
        StoreSettingError: when either makes no sense, or names a variable that is not set.
    """
    override = environ.get(URL_VARIABLE, "")
    if override:
        return _from_text(override, URL_VARIABLE, folder)
    if not setting:
        return SqliteLocation((folder / DEFAULT_FILE).absolute())
    try:
        found = read_setting(setting)
    except ValueError as problem:
        raise StoreSettingError(f"`url` of `[store]` in promo.toml: {problem}") from None
    match found:
        case StoreFromVariable(name):
            value = environ.get(name, "")
            if not value:
                raise StoreSettingError(
                    f"promo.toml takes the store from the environment variable `{name}`, which is not set",
                    f"set it, for example: export {name}=postgresql://user:password@host/database",
                )
            return _from_text(value, name, folder)
        case StorePath(path):
            return SqliteLocation((folder / path).absolute())
        case StoreUrl(url):
            return PostgresLocation(url)


def _from_text(text: str, variable: str, folder: Path) -> StoreLocation:
    """Return what the value of an environment variable says; it may hold a password, and is not repeated."""
    try:
        found = read_setting(text, secret=True)
    except ValueError as problem:
        raise StoreSettingError(f"the environment variable `{variable}`: {problem}") from None
    match found:
        case StoreUrl(url):
            return PostgresLocation(url)
        case StorePath(path):
            return SqliteLocation((folder / path).absolute())
        case StoreFromVariable():
            raise StoreSettingError(
                f"the environment variable `{variable}` names another one",
                "give it a URL such as postgresql://user@host/database, or a path",
            )


def without_password(text: str) -> str:
    """Return a text without the passwords of URLs in it."""
    return _PASSWORD.sub(lambda found: f"{found[1]}@" if found[1] else f"{found[2]}...", text)
