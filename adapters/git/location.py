"""Where a repository lies on disk, and what has to be known before it can be read."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from adapters.git.failure import GitError, explain
from adapters.git.process import Git
from engine.plan.ports import RepositoryError

_PROMISOR = re.compile(r"remote\.(?P<remote>.+)\.promisor\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Location:
    """An existing repository.

    Attributes:
        folder: its top folder, or the repository itself where it is bare.
        oid_size: bytes of an object name: 20 for SHA-1, 32 for SHA-256.
        bare: whether it has no work tree.
        shallow: whether history was cut off when it was cloned.
        promisor: the remote that missing objects come from; None for a complete clone.
    """

    folder: Path
    oid_size: int
    bare: bool
    shallow: bool
    promisor: str | None


def locate(git: Git, folder: Path, url: str) -> Location:
    """Inspect the repository at exactly this folder.

    Args:
        git: how Git is run.
        folder: a work tree's top folder, a bare repository, or a ``.git`` folder.
        url: the address to name in errors.

    Raises:
        RepositoryError: when there is no folder, it is not a repository, it lies inside one, or Git refuses it.
    """
    try:
        real = Path(os.path.realpath(folder))
        exists = real.is_dir()
    except (OSError, ValueError) as error:
        raise RepositoryError(url, f"the path cannot be read: {error}", "check the path") from error
    if not exists:
        raise RepositoryError(url, f"there is no folder `{folder}`", "check the path, or clone the repository there")
    try:
        facts = _facts(git, real)
        promisor = _promisor(git, real)
    except GitError as failure:
        reason, help_text = explain(failure)
        raise RepositoryError(url, f"`{folder}`: {reason}", help_text.replace("FOLDER", str(real))) from failure
    if not facts.at_top:
        raise RepositoryError(
            url, f"`{folder}` is a folder inside the repository at `{facts.top}`", "give the repository's top folder"
        )
    return Location(real, facts.oid_size, facts.bare, facts.shallow, promisor)


@dataclass(frozen=True, slots=True)
class _Facts:
    oid_size: int
    bare: bool
    shallow: bool
    at_top: bool
    top: Path


def _facts(git: Git, folder: Path) -> _Facts:
    answer = git.run(
        folder,
        "rev-parse",
        "--is-bare-repository",
        "--show-object-format",
        "--is-shallow-repository",
        "--is-inside-work-tree",
        "--show-prefix",
        "--absolute-git-dir",
    )
    bare, object_format, shallow, inside, rest = answer.split(b"\n", 4)
    # A prefix may hold newlines, the folder of Git too; but the prefix is all of the path that Git went up.
    prefix, _, git_folder = rest.removesuffix(b"\n").partition(b"\n")
    top = Path(os.fsdecode(git_folder))
    at_top = os.path.realpath(top) == str(folder)
    if inside == b"true":
        at_top = not prefix
        top = top.parent if prefix else folder
    return _Facts(32 if object_format == b"sha256" else 20, bare == b"true", shallow == b"true", at_top, top)


def _promisor(git: Git, folder: Path) -> str | None:
    """Return the remote of a partial clone; several are served by the first."""
    pattern = r"^(extensions\.partialclone|remote\..*\.promisor)$"
    try:
        answer = git.run(folder, "config", "-z", "--get-regexp", pattern)
    except GitError as failure:
        if failure.returncode == 1:
            return None
        raise
    remote = None
    for row in answer.decode("utf-8", "surrogateescape").split("\0"):
        key, _, value = row.partition("\n")
        if key == "extensions.partialclone":
            return value
        match = _PROMISOR.fullmatch(key)
        if match is not None and remote is None and value.lower() not in ("false", "no", "off", "0"):
            remote = match["remote"]
    return remote
