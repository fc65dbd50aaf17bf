"""Objects that a partial clone has promised but not yet fetched, brought in many at a time.

Git fetches each missing object of a partial clone in a connection of its own. Here the files of one folder, or of a
whole source path, come in a single fetch.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from pathlib import Path

from adapters.git.failure import GitError
from adapters.git.process import Git


class PromisedObjects:
    """The missing files of one partial clone; safe to use from several threads."""

    def __init__(self, git: Git, folder: Path, remote: str) -> None:
        self._git = git
        self._folder = folder
        self._remote = remote
        self._present: set[str] = set()
        self._lock = threading.Lock()

    def ensure(self, tree: str, wanted: Iterable[str]) -> None:
        """Fetch those of the wanted files that are missing.

        Args:
            tree: the object name of a tree under which all of them lie.
            wanted: object names of files.

        Raises:
            GitError: when they cannot be fetched, for instance because fetching is not allowed.
        """
        with self._lock:
            unsure = set(wanted) - self._present
            if not unsure:
                return
            missing = sorted(unsure & self._missing_below(tree))
            if missing:
                self._fetch(missing)
            self._present |= unsure

    def _missing_below(self, tree: str) -> set[str]:
        offline = self._git.allowing(())
        answer = offline.run(
            self._folder, "rev-list", "--objects", "--no-object-names", "--missing=print", "--end-of-options", tree
        )
        return {line[1:].decode("ascii") for line in answer.split(b"\n") if line.startswith(b"?")}

    def _fetch(self, oids: list[str]) -> None:
        if not self._git.protocols:
            raise GitError(128, f"fatal: lazy fetching disabled; {len(oids)} objects are missing")
        self._git.run(
            self._folder,
            "-c",
            "fetch.negotiationAlgorithm=noop",
            "fetch",
            "--quiet",
            "--no-tags",
            "--no-write-fetch-head",
            "--no-auto-maintenance",
            "--filter=blob:none",
            "--stdin",
            "--end-of-options",
            self._remote,
            stdin="".join(f"{oid}\n" for oid in oids).encode("ascii"),
        )
