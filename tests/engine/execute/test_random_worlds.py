"""Several releases at once in a world where calls fail, hang, come twice, and workers die: every effect happens once.

Unlike the state machine, which walks the rules, this runs the reconciler against stateful fakes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.execute.ports import RunPhase
from engine.execute.release import Event, Release, new_release
from engine.execute.spec import ReleaseSpec
from engine.execute.status import ReleaseStatus
from engine.execute.store import Claim, Request, Rest, Wish
from engine.model.entities import Concurrency
from tests.fakes.changes import Decision
from tests.fakes.faults import Fault, Trouble
from tests.fakes.machine import Machine
from tests.fakes.workflows import Script
from tests.fakes.worlds import planned
from tests.support.effort import examples
from tests.support.memory_repositories import MemoryRepositories
from tests.support.plan_world import PlanWorld, application, below, chart, environment
from tests.support.release_strategies import NAMES, release_specs

faults = st.builds(
    Fault,
    st.sampled_from([trouble for trouble in Trouble if trouble is not Trouble.BROKEN]),
    st.sampled_from(("", "", "ensure", "commit", "propose", "observe", "withdraw", "terminate")),
    st.sampled_from(("", "", "/action/", "/health/", "-hook/", "/rollback", "/soak/")),
    st.integers(1, 3),
    st.sampled_from((1.0, 30.0)),
)
store_faults = st.builds(
    Fault,
    st.sampled_from(
        (Trouble.UNREACHABLE, Trouble.LOST_ANSWER, Trouble.SLOW, Trouble.KILLED_BEFORE, Trouble.KILLED_AFTER)
    ),
    st.sampled_from(("store.save", "store.requests", "store.supersede", "store.sleep")),
    st.sampled_from(("", "^r1")),
    st.integers(1, 3),
    st.just(1.0),
)
scripts = st.builds(
    Script,
    st.sampled_from((RunPhase.SUCCEEDED, RunPhase.SUCCEEDED, RunPhase.SUCCEEDED, RunPhase.FAILED)),
    st.sampled_from((0.0, 5.0, 400.0)),
)
wishes = st.tuples(
    st.sampled_from((30, 200, 2_000)), st.sampled_from(Wish), st.sampled_from(NAMES), st.sampled_from(("ann", "ben"))
)


def world() -> PlanWorld:
    """Return a repository with every application that random releases change."""
    found = PlanWorld()
    names = [f"shop-{name}{more}" for name in NAMES for more in ("", "-b")]
    found.change({path: text for name in names for path, text in below(f"apps/{name}", chart("1.0.0", "v1")).items()})
    found.environments += [environment("eu"), environment("us")]
    found.applications += [application(f"shop-{name}", name) for name in ("eu", "us")]
    return found


class Watched(Machine):
    """A machine that checks every state that is saved."""

    def __init__(self, of: PlanWorld) -> None:
        super().__init__(MemoryRepositories(*of.repositories))
        self._save = self.memory.save
        self.memory.save = self._checked  # type: ignore[method-assign]

    async def _checked(
        self,
        claim: Claim,
        before: Release,
        after: Release,
        events: Sequence[Event],
        taken: Sequence[int],
        rest: Rest | None = None,
    ) -> None:
        await self._save(claim, before, after, events, taken, rest)
        rows = [row.release for row in self.memory.rows.values()]
        queued = [release for release in rows if release.spec.concurrency is Concurrency.QUEUE]
        active = [release.id for release in queued if release.status.is_active]
        assert len(active) <= 1, f"{active} are active at once"


@settings(max_examples=examples(60, soak=5_000))
@given(
    specs=st.sampled_from(Concurrency).flatmap(lambda how: st.lists(release_specs(how, 3), min_size=1, max_size=3)),
    troubles=st.lists(st.one_of(faults, store_faults), max_size=8),
    runs=st.lists(scripts, min_size=1, max_size=4),
    asked=st.lists(wishes, max_size=6),
    closed=st.booleans(),
    ill=st.lists(st.sampled_from(NAMES), max_size=2),
)
def test_every_effect_happens_once_and_every_release_ends(
    specs: list[ReleaseSpec],
    troubles: list[Fault],
    runs: list[Script],
    asked: list[tuple[int, Wish, str, str]],
    closed: bool,
    ill: list[str],
) -> None:
    around = world()
    commit = planned(around).commit
    machine = Watched(around)
    machine.journal.faults += [replace(fault) for fault in troubles]
    for template in ("announce", "smoke", "check", "needy"):
        machine.workflows.plan(template, *runs, Script())
    for name in NAMES:
        machine.changes.decide(name, Decision("bob", not (closed and name == "eu"), 120.0))
    for name in ill:
        condition = machine.applications.condition(f"argocd/shop-{name}")
        condition.breaks, condition.times = "Degraded", 1
    names = [f"r{number}" for number in range(len(specs))]
    for name, of in zip(names, specs, strict=True):
        machine.create(new_release(replace(of, commit=commit), name, "ada", machine.clock.now()))
        machine.work_for(50)
    for seconds, wish, where, who in asked:
        machine.ask(names[0], Request(0, wish, who, machine.clock.now(), where, ("sre", "leads")))
        machine.work_for(seconds)
    machine.work_for(timedelta(days=2).total_seconds())
    try:
        for name in names:
            release = machine.load(name)
            assert release.status.is_final, f"{name} is {release.status.value}: {release.message}"
            assert release.status is not ReleaseStatus.TERMINATED or release.ended_by
        twice = {what: count for what, count in machine.journal.made().items() if count > 1}
        assert twice == {}
        assert machine.journal.complaints == []
        assert machine.idle()
    finally:
        machine.close()
