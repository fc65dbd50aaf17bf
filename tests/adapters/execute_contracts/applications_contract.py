"""What every implementation of `engine.execute.ports.Applications` must do, the real ones and stand-ins alike.

A test module makes a class of its own from `ApplicationsContract` and gives it a fixture ``world``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

from engine.execute.ports import Applications, Life, Observation, Watch
from tests.support.content import Content


class ApplicationsWorld(Protocol):
    """One application in the folder ``qa`` of a repository, its branch, and what looks after it."""

    def applications(self) -> Applications:
        """Return the port, without any memory of what was asked before, as after a crash."""

    def commit(self, files: Mapping[str, Content]) -> str:
        """Push a commit to the application's branch, and return its name."""

    def elsewhere(self, files: Mapping[str, Content]) -> str:
        """Push a commit to another branch, and return its name."""

    def watch(self, commit: str | None) -> Watch:
        """Return what asks for a commit of the application; its tag in ``values.yaml`` was promoted."""

    def fall_ill(self) -> None:
        """Let the application be unhealthy from now on."""

    def recover(self) -> None:
        """Let it be healthy again."""

    def pass_time(self) -> None:
        """Let a little time pass."""


GOOD: Mapping[str, Content] = {"qa/values.yaml": "image:\n  tag: '1'\nreplicas: 1\n"}

_LONGEST = 600


def settled(world: ApplicationsWorld, watch: Watch) -> Observation:
    """Ask until an application no longer waits, each time without memory but that of the port."""
    for _ in range(_LONGEST):
        seen = asyncio.run(world.applications().observe(watch))
        if seen.life is not Life.WAITING:
            return seen
        watch = replace(watch, memory=seen.memory)
        world.pass_time()
    raise AssertionError(f"the application waits for ever: {seen.message}")


class ApplicationsContract:
    """The behaviour of the port."""

    def test_a_commit_of_the_branch_lands(self, world: ApplicationsWorld) -> None:
        commit = world.commit(GOOD)
        seen = settled(world, world.watch(commit))
        assert (seen.life, seen.healthy, seen.commit) == (Life.LANDED, True, commit)

    def test_whatever_the_branch_holds_is_enough_where_no_commit_is_asked_for(self, world: ApplicationsWorld) -> None:
        commit = world.commit(GOOD)
        seen = settled(world, world.watch(None))
        assert (seen.life, seen.healthy, seen.commit) == (Life.LANDED, True, commit)

    def test_a_later_commit_that_keeps_the_values_lands_too(self, world: ApplicationsWorld) -> None:
        commit = world.commit(GOOD)
        later = world.commit({"qa/values.yaml": "image:\n  tag: '1'\nreplicas: 3\n", "other.txt": "x"})
        seen = settled(world, world.watch(commit))
        assert (seen.life, seen.commit) == (Life.LANDED, later)

    def test_a_commit_of_another_branch_is_waited_for(self, world: ApplicationsWorld) -> None:
        world.commit(GOOD)
        commit = world.elsewhere({"qa/values.yaml": "image:\n  tag: '2'\n"})
        seen = asyncio.run(world.applications().observe(world.watch(commit)))
        assert seen.life is Life.WAITING
        assert seen.message

    def test_an_ill_application_has_not_landed_until_it_is_well(self, world: ApplicationsWorld) -> None:
        commit = world.commit(GOOD)
        settled(world, world.watch(commit))
        world.fall_ill()
        seen = asyncio.run(world.applications().observe(world.watch(None)))
        assert seen.life is not Life.LANDED
        assert not seen.healthy
        assert seen.message
        assert seen.healthy_since is None
        world.recover()
        assert settled(world, world.watch(commit)).healthy

    def test_health_counts_from_when_it_began(self, world: ApplicationsWorld) -> None:
        commit = world.commit(GOOD)
        first = settled(world, world.watch(commit)).healthy_since
        world.pass_time()
        assert settled(world, world.watch(commit)).healthy_since == first
        world.fall_ill()
        asyncio.run(world.applications().observe(world.watch(None)))
        world.pass_time()
        world.recover()
        again = settled(world, world.watch(commit)).healthy_since
        assert first is None or (again is not None and again > first)
