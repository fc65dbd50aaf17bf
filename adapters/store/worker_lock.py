"""One process at a time runs the releases of a SQLite store; it holds a lock file while it does."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from adapters.store.errors import StoreReadOnlyError, WorkerLockedError


class WorkerLock:
    """The lock of the process that runs a store's releases. It goes with the process, however that ends."""

    def __init__(self, store: Path) -> None:
        self._path = store.with_name(store.name + ".worker")
        self._descriptor: int | None = None

    @property
    def is_held(self) -> bool:
        """Whether this process has it."""
        return self._descriptor is not None

    def acquire(self) -> None:
        """Take the lock, or say who has it.

        Raises:
            WorkerLockedError: when another process has it.
            StoreReadOnlyError: when the lock file cannot be made.
        """
        if self._descriptor is not None:
            return
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        except OSError as problem:
            raise StoreReadOnlyError(
                f"the lock file `{self._path}` cannot be made: {problem.strerror}", "check the folder and who owns it"
            ) from None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(descriptor, 32).decode("ascii", "replace").strip()
            os.close(descriptor)
            who = f"the process {holder}" if holder.isdecimal() else "another process"
            raise WorkerLockedError(
                f"{who} already runs the releases of this store",
                "ask and watch from here; several machines can run releases together with PostgreSQL",
            ) from None
        os.truncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode("ascii"), 0)
        self._descriptor = descriptor

    def release(self) -> None:
        """Give the lock back. The file stays: removing it would let two processes lock different files."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
