"""What every implementation of `engine.execute.ports.Applications` must do, the real ones and stand-ins alike.

A test module makes a class of its own from `ApplicationsContract` and gives it a fixture ``world``.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from engine.execute.ports import Applications, Life, Observation, Watch
from engine.execute.spec import SourceSpec, TargetSpec
from engine.model.entities import PromotedFile, VersionSource

_LONGEST = 120

VALUES = "image:\n  tag: {tag}\nreplicas: {replicas}\n"


class ApplicationsWorld(Protocol):
    """One application that follows the branch ``main`` of a repository, and somebody to look after it.

    Attributes:
        target: the application.
    """

    target: TargetSpec

    def applications(self) -> Applications:
        """Return the port, without any memory of what was asked before, as after a crash."""

    def push(self, content: str) -> str:
        """Commit ``values.yaml`` of the application's folder to its branch, and return the commit."""

    def push_elsewhere(self) -> str:
        """Commit a file of no application to the branch, and return the commit."""

    def fall_ill(self) -> None:
        """Let the application be unhealthy from the next commit on."""

    def now(self) -> datetime:
        """Return the present moment."""

    def pass_time(self) -> None:
        """Let a little time pass."""


def values(tag: str, replicas: int = 1) -> str:
    return VALUES.format(tag=tag, replicas=replicas)


def source_of(target: TargetSpec) -> SourceSpec:
    return SourceSpec(
        environment="dev",
        application="shop-dev",
        repo_url=target.repo_url,
        branch=target.branch,
        folder="dev",
        files=(PromotedFile("values.yaml", ("$.image.tag",)),),
        version=VersionSource("values.yaml", "$.image.tag"),
    )


def watching(world: ApplicationsWorld, commit: str | None, *, passive: bool = False) -> Watch:
    source = None if commit is None else source_of(world.target)
    return Watch("rel-1/qa/shop-qa/health/1", world.target, commit, source, world.now(), passive=passive)


def observe(world: ApplicationsWorld, watch: Watch) -> Observation:
    return asyncio.run(world.applications().observe(watch))


def settled(world: ApplicationsWorld, watch: Watch) -> Observation:
    """Look until it is no longer waited for; each look by another process, with the memory of the one before."""
    for _ in range(_LONGEST):
        seen = observe(world, watch)
        assert len(seen.memory) <= 1000
        assert seen.message
        if seen.life is not Life.WAITING:
            return seen
        watch = replace(watch, memory=seen.memory)
        world.pass_time()
    raise AssertionError(f"it is waited for ever: {seen.message}")


class ApplicationsContract:
    """The behaviour of the port."""

    def test_a_commit_lands(self, world: ApplicationsWorld) -> None:
        watch = watching(world, world.push(values("2")))
        seen = settled(world, watch)
        assert (seen.life, seen.healthy, seen.commit) == (Life.LANDED, True, watch.commit)
        again = observe(world, watch)
        assert (again.life, again.commit) == (Life.LANDED, watch.commit)

    def test_two_who_look_at_once_see_the_same(self, world: ApplicationsWorld) -> None:
        watch = watching(world, world.push(values("2")))

        async def both() -> list[Observation]:
            return await asyncio.gather(*(world.applications().observe(watch) for _ in range(2)))

        first, second = asyncio.run(both())
        assert first.life is second.life
        assert settled(world, watch).life is Life.LANDED

    def test_a_commit_that_changes_nothing_of_it_lands(self, world: ApplicationsWorld) -> None:
        world.push(values("2"))
        commit = world.push_elsewhere()
        assert settled(world, watching(world, commit)).life is Life.LANDED

    def test_a_later_commit_that_keeps_what_was_promoted_is_as_good(self, world: ApplicationsWorld) -> None:
        commit = world.push(values("2"))
        later = world.push(values("2", replicas=5))
        seen = settled(world, watching(world, commit))
        assert (seen.life, seen.commit) == (Life.LANDED, later)

    def test_a_later_commit_that_takes_it_back_is_a_failure(self, world: ApplicationsWorld) -> None:
        commit = world.push(values("2"))
        later = world.push(values("1"))
        seen = settled(world, watching(world, commit))
        assert seen.life is Life.FAILED
        assert "values.yaml" in seen.message
        assert later[:10] in seen.message

    def test_what_makes_it_ill_never_lands(self, world: ApplicationsWorld) -> None:
        world.fall_ill()
        seen = settled(world, watching(world, world.push(values("2"))))
        assert (seen.life, seen.healthy) == (Life.FAILED, False)

    def test_whatever_the_branch_holds(self, world: ApplicationsWorld) -> None:
        commit = world.push(values("2"))
        seen = settled(world, watching(world, None))
        assert (seen.life, seen.commit) == (Life.LANDED, commit)

    def test_health_alone(self, world: ApplicationsWorld) -> None:
        seen = observe(world, watching(world, None, passive=True))
        assert seen.healthy
        since = seen.healthy_since
        assert since is not None
        assert since.tzinfo is not None
        world.pass_time()
        assert observe(world, watching(world, None, passive=True)).healthy_since == since
