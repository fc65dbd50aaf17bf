"""A repository that commits are pushed to."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from adapters.git.location import Location
from adapters.git.process import Git
from adapters.git.repository import GitRepository


@dataclass(frozen=True, slots=True)
class Upstream:
    """Where a change is read and where it is pushed to.

    Attributes:
        repository: reads it, or its cached copy.
        address: what Git is told to push to: a folder of this machine, or a URL without credentials.
        git: Git, able to reach it with the credentials that were given.
        location: where it, or its copy, lies.
        objects: the folder of its objects there.
        scratch: a folder for what is made on the way; it may not exist yet.
    """

    repository: GitRepository
    address: str
    git: Git
    location: Location
    objects: Path
    scratch: Path


def object_folder(git: Git, location: Location) -> Path:
    """Return where the objects of a repository lie; one of several work trees has them elsewhere.

    Raises:
        GitError: when the repository cannot be read.
    """
    answer = git.run(location.folder, "rev-parse", "--git-path", "objects").removesuffix(b"\n")
    return location.folder / os.fsdecode(answer)


def default_branch(upstream: Upstream) -> str | None:
    """Return the full name of the branch that ``HEAD`` stands for, None where it stands on none.

    Raises:
        GitError: when the repository cannot be read.
    """
    finished = upstream.git.finish(upstream.location.folder, "symbolic-ref", "--quiet", "HEAD")
    return os.fsdecode(finished.output.removesuffix(b"\n")) if finished.returncode == 0 else None
