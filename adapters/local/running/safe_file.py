"""Reads a file that a confined process wrote, without following a link out of its folder."""

from __future__ import annotations

import os
import stat


class UnsafeFileError(Exception):
    """A file is not read; the text says why."""


def read_below(base: str, path: str, limit: int) -> str | None:
    """Return the text of a regular file below a folder; None where there is none.

    Args:
        base: a folder that nobody else can replace.
        path: from there, with ``/``; a leading one is dropped.
        limit: bytes it may have.

    Raises:
        UnsafeFileError: for a link, a file that is no regular one, or one that is too large.
    """
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if not parts or ".." in parts:
        raise UnsafeFileError(f"`{path}` is no path of a file")
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
    at = os.open(base, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for index, part in enumerate(parts):
            last = index == len(parts) - 1
            try:
                inner = os.open(part, flags if last else flags | os.O_DIRECTORY, dir_fd=at)
            except FileNotFoundError:
                return None
            except OSError as failure:
                raise UnsafeFileError(
                    f"`{path}` cannot be read: {failure.strerror}; links are not followed"
                ) from failure
            os.close(at)
            at = inner
        return _text(at, path, limit)
    finally:
        os.close(at)


def _text(descriptor: int, path: str, limit: int) -> str:
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        raise UnsafeFileError(f"`{path}` is no regular file")
    data = b""
    while len(data) <= limit:
        part = os.read(descriptor, limit + 1 - len(data))
        if not part:
            return data.decode("utf-8", "replace")
        data += part
    raise UnsafeFileError(f"`{path}` has more than {limit:,} bytes")
