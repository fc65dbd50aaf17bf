"""What stands where a promotion would read or write a file, when it is no regular file."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.plan.ports import EntryKind
from engine.plan.world import Location, World

_WORDS = {EntryKind.SYMLINK: "a symbolic link", EntryKind.SUBMODULE: "a submodule", EntryKind.FILE: "a file"}


@dataclass(slots=True)
class Standing:
    """The entries below an application's folder, listed once and only when somebody asks.

    Attributes:
        world: the repositories as the plan has left them.
        location: the application's files.
    """

    world: World
    location: Location
    _kinds: dict[str, EntryKind] | None = None
    _folders: set[str] = field(default_factory=set)

    def instead_of(self, path: str) -> str:
        """Return what is there instead of a regular file, for people; empty where there is nothing at all.

        Args:
            path: from the repository's root, below the application's folder.

        Raises:
            UnreachableError: when the repository cannot be read.
        """
        if self._kinds is None:
            self._kinds = dict(self.world.files(self.location))
            self._folders = {folder for known in self._kinds for folder in _above(known)}
        if path in self._kinds:
            return f"`{path}` is {_WORDS[self._kinds[path]]}"
        if path in self._folders:
            return f"`{path}` is a folder"
        for folder in _above(path):
            if folder in self._kinds:
                return f"`{folder}` is {_WORDS[self._kinds[folder]]}"
        return ""


def _above(path: str) -> list[str]:
    """Return the folders a path lies in, the nearest first."""
    return [path[:at] for at in range(len(path) - 1, 0, -1) if path[at] == "/"]
