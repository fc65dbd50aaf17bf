"""What a path of a test repository can hold besides text and bytes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Link:
    """A symbolic link."""

    target: str


@dataclass(frozen=True, slots=True)
class Module:
    """A submodule at a commit."""

    sha: str


@dataclass(frozen=True, slots=True)
class Executable:
    """A file with the executable bit."""

    data: str


Content = str | bytes | Link | Module | Executable | None
"""None removes the path."""
