"""A road: one concrete way a change can take to an environment."""

from __future__ import annotations

from dataclasses import dataclass

_SHOWN = 8
"""Environments of one leg that are written out; of a longer one, the first and the last ones."""


@dataclass(frozen=True, slots=True)
class Leg:
    """The part of a road that is inside one flow.

    Attributes:
        flow: its name.
        environments: what the change goes through, in an order in which the steps can run; the trigger first,
            where the leg ends last.
    """

    flow: str
    environments: tuple[str, ...]

    def words(self) -> str:
        """Return it for people: ``flow `hotfix`: `dev` -> `prod` ``."""
        names = [f"`{name}`" for name in self.environments]
        if len(names) > _SHOWN:
            names = [*names[: _SHOWN // 2], "...", *names[-_SHOWN // 2 + 1 :]]
        return f"flow `{self.flow}`: {' -> '.join(names)}"


@dataclass(frozen=True, slots=True)
class Road:
    """How a change gets to an environment, from the commit that starts it.

    Attributes:
        legs: at least one; each begins in the environment where the one before it ends.
    """

    legs: tuple[Leg, ...]

    @property
    def start(self) -> str:
        """Return the environment the commit lands in."""
        return self.legs[0].environments[0]

    @property
    def passed(self) -> tuple[str, ...]:
        """Return everything the change goes through before it arrives, once each, in order."""
        through = [self.start, *(name for leg in self.legs for name in leg.environments[1:])]
        return tuple(dict.fromkeys(through[:-1]))

    def words(self) -> str:
        """Return it for people, from the commit on."""
        return f"a commit in `{self.start}`, then {', then '.join(leg.words() for leg in self.legs)}"
