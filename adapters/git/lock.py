"""A lock between processes, held through a file."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PAUSE = 0.02  # seconds between attempts


class LockTimeoutError(Exception):
    """Another process held the lock for too long."""


@contextmanager
def exclusive(path: Path, timeout: float) -> Iterator[None]:
    """Hold a lock file while the body runs.

    The lock belongs to the open file, so it is released even when the process is killed. The file stays: removing it
    would let two processes lock different files of the same name.

    Args:
        path: the lock file; its folder exists.
        timeout: seconds to wait for another holder.

    Raises:
        LockTimeoutError: when the lock is not free in time.
        OSError: when the file cannot be created.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        deadline = time.monotonic() + timeout
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise LockTimeoutError from None
                time.sleep(_PAUSE)
        yield
    finally:
        os.close(descriptor)
