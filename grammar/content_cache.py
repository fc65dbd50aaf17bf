"""Keeps what was made from a text in the user's cache folder, under the hash of all it was made from."""

from __future__ import annotations

import gc
import hashlib
import io
import os
import pickle
import sys
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from enum import Enum, EnumType
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from grammar.cache_folder import cache_folder

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

_DIGEST = 16
_DAY = 86_400
_PRUNE_ONE_IN = 64


class ContentCache:
    """Values by content: the same input and code give the same key, so an entry is never out of date.

    An entry that is missing, damaged or holds anything but the allowed classes is a miss. Entries are written
    beside their place and moved there, so that any number of processes may share the folder. A cache without a
    folder has no entries and keeps none.
    """

    def __init__(self, folder: Path | None, allowed: Collection[str], limit: int = 256 * 1024 * 1024) -> None:
        """Open a cache.

        Args:
            folder: where entries are kept, made when the first is; None for a cache that keeps nothing.
            allowed: the modules whose classes a value may hold, besides plain Python data.
            limit: bytes that entries may take up; beyond it the ones unused longest are removed, now and then.
        """
        self._folder = folder
        self._allowed = frozenset(allowed)
        self._limit = limit

    @classmethod
    def of_user(cls, kind: str, allowed: Collection[str]) -> ContentCache:
        """Return the cache for a kind of values in the user's cache folder, if there is one."""
        base = cache_folder()
        return cls(base / kind if base else None, allowed)

    def key(self, *parts: str) -> str:
        """Return the key of what these texts determine; how they are divided matters."""
        digest = hashlib.sha256(f"{sys.version_info[:2]}".encode())
        for part in parts:
            data = part.encode("utf-8", "surrogatepass")
            digest.update(b"%d:" % len(data))
            digest.update(data)
        return digest.hexdigest()

    def get(self, key: str) -> object | None:
        """Return the value kept under a key, or None."""
        place = self._place(key)
        if place is None:
            return None
        try:
            data = place.read_bytes()
            if time.time() - place.stat().st_mtime > _DAY:
                os.utime(place)
        except OSError:
            return None
        payload = data[_DIGEST:]
        if _digest(payload) != data[:_DIGEST]:
            return None
        try:
            with _no_collector():
                value: object = _Loader(payload, self._allowed).load()
            return value
        except (pickle.UnpicklingError, AttributeError, EOFError, ImportError, IndexError, TypeError, ValueError):
            return None

    def put(self, key: str, value: object) -> None:
        """Keep a value; a folder that cannot be written to keeps nothing."""
        place = self._place(key)
        if place is None:
            return
        payload = pickle.dumps(value, protocol=5)
        if len(payload) > self._limit // 4:
            return
        try:
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write(place, _digest(payload) + payload)
            if int(key[-4:], 16) % _PRUNE_ONE_IN == 0:
                self.prune()
        except OSError:
            return

    def prune(self) -> None:
        """Remove the entries unused longest until three quarters of the limit are left, if the limit is passed."""
        if self._folder is None:
            return
        entries = []
        for path in self._folder.glob("*/*"):
            try:
                status = path.stat()
            except OSError:
                continue
            entries.append((status.st_mtime, status.st_size, path))
        total = sum(size for _, size, _ in entries)
        if total <= self._limit:
            return
        for _, size, path in sorted(entries):
            path.unlink(missing_ok=True)
            total -= size
            if total <= self._limit * 3 // 4:
                return

    def _place(self, key: str) -> Path | None:
        return None if self._folder is None else self._folder / key[:2] / key[2:]


def code_fingerprint(*packages: str) -> str:
    """Return a hash of packages' own code: when it changes, so may what it makes.

    Args:
        packages: import names; the modules and grammars directly in each count, and those in its subfolders.
    """
    digest = hashlib.sha256()
    for package in packages:
        folders: list[tuple[str, Traversable]] = [("", _folder(package))]
        while folders:
            prefix, folder = folders.pop()
            for entry in sorted(folder.iterdir(), key=lambda found: found.name):
                if entry.name.endswith((".py", ".lark")):
                    digest.update(f"{prefix}{entry.name}\n".encode())
                    digest.update(entry.read_bytes())
                elif entry.is_dir() and entry.name != "__pycache__":
                    folders.append((f"{prefix}{entry.name}/", entry))
    return digest.hexdigest()


def _folder(package: str) -> Traversable:
    """Return the folder of a package's code.

    It is found from the outermost package, so that asking about a package does not import it.
    """
    outermost, *inner = package.split(".")
    spec = find_spec(outermost)
    for place in (spec.submodule_search_locations if spec is not None else None) or ():
        folder = Path(place, *inner)
        if folder.is_dir():
            return folder
    # Code that is no files, in an archive: what reads it takes a while to import.
    from importlib.resources import files

    return files(outermost).joinpath(*inner)


class _Loader(pickle.Unpickler):
    """Loads plain data and the classes of certain modules; anything else is refused before it is called."""

    def __init__(self, payload: bytes, allowed: frozenset[str]) -> None:
        super().__init__(io.BytesIO(payload))
        self._allowed = allowed

    def find_class(self, module: str, name: str) -> object:
        if (module, name) == ("builtins", "getattr"):
            return _member
        if module not in self._allowed or "." in name:
            raise pickle.UnpicklingError(f"{module}.{name} is not allowed")
        found = super().find_class(module, name)
        if not isinstance(found, type) or found.__module__ != module:
            raise pickle.UnpicklingError(f"{module}.{name} is not a class of its module")
        return found


def _member(enumeration: object, name: object) -> Enum:
    """Return a member of an enumeration by its name, which is how early releases of Python 3.11 write members."""
    if not isinstance(enumeration, EnumType) or not isinstance(name, str) or name not in enumeration.__members__:
        raise pickle.UnpicklingError("only members of enumerations are looked up by name")
    member: Enum = enumeration.__members__[name]
    return member


@contextmanager
def _no_collector() -> Iterator[None]:
    """Keep the cyclic garbage collector from walking a value again and again while it is loaded."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _digest(payload: bytes) -> bytes:
    return hashlib.blake2b(payload, digest_size=_DIGEST).digest()


def _write(place: Path, data: bytes) -> None:
    import tempfile

    handle, name = tempfile.mkstemp(dir=place.parent, prefix=".")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.replace(name, place)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
