"""What a change writes onto one commit, and whether it still writes the same onto another. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from adapters.git.fast_import import Write
from engine.execute.errors import TerminalError
from engine.plan.nodes import Blocker, FileChange

_LONGEST = 200  # characters of a value that is shown
_SHOWN = 5  # conflicts that are told


class Place(NamedTuple):
    """A promoted value: its file, its path there (``*`` for the whole file), and which of several equal paths."""

    file: str
    path: str
    number: int = 0


class Turn(NamedTuple):
    """What a value was and becomes: JSON texts, or digests of whole files; None where there is none."""

    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Computed:
    """What a change does to one commit.

    Attributes:
        writes: the files that change; empty when nothing does.
        turns: the promoted values that change.
    """

    writes: tuple[Write, ...] = ()
    turns: Mapping[Place, Turn] = field(default_factory=dict)

    @property
    def summary(self) -> str:
        """What changes, for people."""
        return counted(len(self.writes))


def counted(files: int) -> str:
    """Return a number of files in words."""
    return "1 file" if files == 1 else f"{files} files"


def turns_of(change: FileChange) -> dict[Place, Turn]:
    """Return the values that change in a file."""
    if not change.values:
        return {Place(change.path, "*"): Turn(change.digest_before or None, change.digest_after or None)}
    turns: dict[Place, Turn] = {}
    for value in change.values:
        number = 0
        while (place := Place(change.path, value.path, number)) in turns:
            number += 1
        turns[place] = Turn(value.before, value.after)
    return turns


def check_undisturbed(first: Computed, now: Computed) -> None:
    """Make sure that a change is still what it was when it was computed first, on an older head.

    A value that meanwhile is what it was to become is no disturbance: nothing is left to be done there.

    Raises:
        TerminalError: when somebody changed a promoted value itself to something else; the text has all values.
    """
    conflicts = [
        _conflict(place, first.turns.get(place), turn)
        for place, turn in now.turns.items()
        if first.turns.get(place) != turn
    ]
    if conflicts:
        refuse_conflicts(conflicts, "look at the values in Git; a retry starts from what stands there now")


def refuse_conflicts(conflicts: list[str], help_text: str) -> None:
    """Raise the error that tells conflicts.

    Raises:
        TerminalError: always.
    """
    more = len(conflicts) - _SHOWN
    told = "; ".join(conflicts[:_SHOWN]) + (f"; and {more} more" if more > 0 else "")
    raise TerminalError(f"somebody else changed what is promoted: {told}", help_text)


def _conflict(place: Place, was: Turn | None, now: Turn) -> str:
    before = now.after if was is None else was.before
    wanted = shown(place, now.after if was is None else was.after)
    return f"{named(place)} was {shown(place, before)}, is now {shown(place, now.before)}, and is to be {wanted}"


def named(place: Place) -> str:
    """Return a place for people."""
    return f"`{place.file}`" if place.path == "*" else f"`{place.file}` at `{place.path}`"


def shown(place: Place, value: str | None) -> str:
    """Return a value for people: as JSON, whole files by the beginning of their digest."""
    if value is None:
        return "absent"
    if place.path == "*":
        return f"the file with SHA-256 {value[:12]}"
    return f"`{value[:_LONGEST]}{'...' if len(value) > _LONGEST else ''}`"


def refuse_blockers(blockers: list[Blocker]) -> None:
    """Raise the error that tells what blocks an edit, if anything does.

    Raises:
        TerminalError: when something blocks.
    """
    if blockers:
        helps = dict.fromkeys(blocker.unblock for blocker in blockers if blocker.unblock)
        told = "; ".join(f"{blocker.code.value} {blocker.message}" for blocker in blockers[:_SHOWN])
        more = len(blockers) - _SHOWN
        raise TerminalError(told + (f"; and {more} more" if more > 0 else ""), "; ".join(list(helps)[:_SHOWN]))
