"""Which repository a folder belongs to, for commands that are run inside a checkout."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from adapters.git.address import redact
from adapters.git.failure import GitError, explain
from adapters.git.process import find_git
from engine.plan.ports import RepositoryError

_TIMEOUT = 30.0  # seconds


@dataclass(frozen=True, slots=True)
class Checkout:
    """The repository around a folder.

    Attributes:
        top: the work tree's top folder, or the repository itself where it is bare.
        remote: the address of ``origin``, or of the only remote, as configured and without credentials; None where
            there is none or several without an ``origin``.
    """

    top: Path
    remote: str | None


def discover(path: Path) -> Checkout:
    """Find the repository that a folder lies in.

    Raises:
        RepositoryError: when there is none, Git refuses it, or Git cannot be run.
    """
    git = find_git(_TIMEOUT)
    folder = Path(os.path.realpath(path))
    if not folder.is_dir():
        raise RepositoryError(str(path), "there is no such folder", "check the path")
    try:
        answer = git.run(folder, "rev-parse", "--is-inside-work-tree", "--absolute-git-dir")
        inside, _, git_folder = answer.removesuffix(b"\n").partition(b"\n")
        if inside == b"true":
            top = git.run(folder, "rev-parse", "--show-toplevel").removesuffix(b"\n")
        else:
            top = git_folder
        remotes = _remotes(git.run(folder, "config", "-z", "--get-regexp", r"^(core\.bare|remote\..*\.url)$"))
    except GitError as failure:
        reason, help_text = explain(failure)
        raise RepositoryError(str(path), reason, help_text.replace("FOLDER", str(folder))) from failure
    chosen = remotes.get("origin") or (next(iter(remotes.values())) if len(remotes) == 1 else None)
    return Checkout(Path(os.fsdecode(top)), None if chosen is None else redact(chosen))


def _remotes(answer: bytes) -> dict[str, str]:
    """Return the first address of every remote from ``git config -z``."""
    found: dict[str, str] = {}
    for row in answer.decode("utf-8", "surrogateescape").split("\0"):
        key, _, value = row.partition("\n")
        if key.startswith("remote."):
            found.setdefault(key.removeprefix("remote.").removesuffix(".url"), value)
    return found
