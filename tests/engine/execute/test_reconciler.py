"""One pass over a release: what is saved before what, and what happens when the claim, the store or a port fails."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from engine.execute.effects import NotNow, SoakEffect
from engine.execute.performing import perform
from engine.execute.ports import Watch
from engine.execute.reconciler import QUEUE_LOOK, reconcile
from engine.execute.release import Event, Release, Role, StepId, new_release
from engine.execute.spec import GatesSpec, HooksSpec, ReleaseSpec
from engine.execute.status import ReleaseStatus, StepStatus
from engine.execute.store import Claim, FencedError, Request, Rest, StoreUnavailableError, Wish
from engine.model.values import Approvals
from tests.fakes.faults import Fault, Killed, Trouble
from tests.fakes.machine import Machine
from tests.fakes.worlds import application, environment, planned, spec, target, workflow
from tests.support.memory_repositories import MemoryRepositories
from tests.support.plan_world import PlanWorld


@pytest.fixture
def machine() -> Iterator[Machine]:
    world = PlanWorld()
    found = Machine(MemoryRepositories(*world.repositories), reports=False)
    yield found
    assert found.journal.complaints == []
    found.close()


def started(machine: Machine, of: ReleaseSpec, name: str = "r1") -> Claim:
    machine.create(new_release(of, name, "ada", machine.clock.now()))
    (claim,) = machine.run(machine.store.claim("me", 1))
    return claim


def small() -> ReleaseSpec:
    """Return a release whose trigger is healthy at once, because it promotes what the world has."""
    return planned(PlanWorld())


def one_pass(machine: Machine, claim: Claim) -> None:
    machine.run(reconcile(claim, machine.store, machine.ports, machine.rules))


def test_a_state_is_saved_before_an_effect_is_asked_for(machine: Machine) -> None:
    order: list[str] = []
    save, ensure = machine.memory.save, machine.workflows.ensure

    async def noted_save(
        claim: Claim,
        before: Release,
        after: Release,
        events: Sequence[Event],
        taken: Sequence[int],
        rest: Rest | None = None,
    ) -> None:
        hook = after.steps.get(StepId("", "", Role.START_HOOK))
        order.append(f"saved {hook.status.value if hook else ''}")
        await save(claim, before, after, events, taken, rest)

    async def noted_ensure(run: object) -> object:
        order.append("asked")
        return await ensure(run)  # type: ignore[arg-type]

    machine.memory.save = noted_save  # type: ignore[method-assign]
    machine.workflows.ensure = noted_ensure  # type: ignore[assignment, method-assign]
    one_pass(machine, started(machine, replace(small(), hooks=HooksSpec(workflow("begin")))))
    assert order[:4] == ["saved pending", "saved running", "asked", "saved succeeded"]


def test_nothing_is_written_where_nothing_has_changed(machine: Machine) -> None:
    gated = spec(environment("qa", gates=GatesSpec(approvals=Approvals(1, ()))))
    claim = started(machine, replace(gated, commit=small().commit))
    one_pass(machine, claim)
    machine.work_for(60)
    saves = machine.memory.saves
    machine.memory.rows["r1"].next_due = machine.clock.now()
    (claim,) = machine.run(machine.store.claim("me", 1))
    one_pass(machine, claim)
    assert machine.memory.saves == saves


def test_who_lost_the_claim_calls_nobody_any_more(machine: Machine) -> None:
    claim = started(machine, replace(small(), hooks=HooksSpec(workflow("begin"))))
    machine.memory.rows["r1"].epoch += 1
    with pytest.raises(FencedError):
        one_pass(machine, claim)
    assert machine.journal.asked() == set()
    assert machine.load("r1").status is ReleaseStatus.QUEUED


def test_calls_under_way_end_with_the_pass(machine: Machine) -> None:
    both = (application("shop-qa", pre=workflow("check")), application("shop-qa-b", pre=workflow("check")))
    of = replace(spec(environment("qa", applications=both)), commit=small().commit)
    claim = started(machine, of)
    machine.journal.faults += [
        Fault(Trouble.SLOW, "ensure", "argocd:shop-qa/", seconds=30),
        Fault(Trouble.KILLED_AFTER, "ensure", "argocd:shop-qa-b/"),
    ]
    one_pass(machine, claim)
    machine.run(asyncio.sleep(11))
    (claim,) = machine.run(machine.store.claim("me", 1))
    with pytest.raises(Killed):
        one_pass(machine, claim)
    machine.run(asyncio.sleep(100))
    assert [happening.key for happening in machine.journal.happenings] == ["r1/qa/argocd:shop-qa-b/pre-action/1"]
    assert asyncio.all_tasks(machine.loop) == set()


def test_one_look_of_a_soak_that_fails_leaves_no_other_behind(machine: Machine) -> None:
    claim = started(machine, small())
    machine.journal.faults += [
        Fault(Trouble.UNREACHABLE, "observe", "first"),
        Fault(Trouble.SLOW, "observe", "second", seconds=5),
    ]
    watches = tuple(Watch(name, target("shop-qa"), None, None, machine.clock.now()) for name in ("first", "second"))
    looks = SoakEffect(StepId("eu", "", Role.SOAK), watches)
    found = machine.run(perform(looks, claim, machine.store, machine.ports))
    assert found == NotNow("connection reset by peer")
    assert asyncio.all_tasks(machine.loop) == set()


def test_an_unreachable_store_ends_the_pass_with_everything_as_it_was(machine: Machine) -> None:
    claim = started(machine, small())
    machine.memory.away_until = machine.clock.now() + timedelta(seconds=5)
    with pytest.raises(StoreUnavailableError):
        one_pass(machine, claim)
    assert machine.journal.asked() == set()
    machine.run(asyncio.sleep(10))
    (claim,) = machine.run(machine.store.claim("another", 1))
    one_pass(machine, claim)
    machine.work_for(3600)
    assert machine.load("r1").status is ReleaseStatus.SUCCEEDED


def test_a_port_that_breaks_its_promise_ends_the_step_and_not_the_worker(
    machine: Machine, caplog: pytest.LogCaptureFixture
) -> None:
    machine.create(new_release(small(), "r1", "ada", machine.clock.now()))
    machine.journal.faults.append(Fault(Trouble.BROKEN, "commit"))
    with caplog.at_level(logging.ERROR, "promo.execute"):
        machine.work_for(3600)
    step = machine.load("r1").steps[StepId("qa", "argocd/shop-qa", Role.ACTION)]
    assert (step.status, step.message) == (
        StepStatus.ERROR,
        "internal error in an adapter: KeyError; the log has the details",
    )
    assert "connection reset by peer" in caplog.text


def test_a_call_that_never_answers_is_made_again(machine: Machine) -> None:
    machine.create(new_release(small(), "r1", "ada", machine.clock.now()))
    machine.journal.faults.append(Fault(Trouble.HANGS, "commit"))
    machine.work_for(3600)
    assert machine.load("r1").status is ReleaseStatus.SUCCEEDED
    retried = [event.message for event in machine.events("r1") if event.kind == "step.retrying"]
    assert retried == ["there was no answer within 120 seconds"]
    assert max(machine.journal.made().values()) == 1


def test_a_release_that_is_not_next_asks_again_and_shows_that_it_waits() -> None:
    world = PlanWorld()
    machine = Machine(MemoryRepositories(*world.repositories))
    gated = environment("qa", gates=GatesSpec(approvals=Approvals(1, ())))
    of = replace(spec(gated), commit=small().commit)
    for name in ("r1", "r2"):
        machine.create(new_release(of, name, "ada", machine.clock.now()))
        machine.work_for(1)
    assert machine.load("r2").status is ReleaseStatus.QUEUED
    assert [report.state for report in machine.statuses.reports][-1] == "queued"
    due = machine.memory.rows["r2"].next_due
    assert due is not None
    assert due - machine.clock.now() <= QUEUE_LOOK
    machine.close()


def test_what_people_ask_is_taken_up_once(machine: Machine) -> None:
    gated = environment("qa", gates=GatesSpec(approvals=Approvals(2, ())))
    machine.create(new_release(replace(spec(gated), commit=small().commit), "r1", "ada", machine.clock.now()))
    machine.work_for(60)
    machine.ask("r1", Request(0, Wish.APPROVE, "bob", machine.clock.now(), "qa"))
    machine.work_for(60)
    assert machine.memory.rows["r1"].requests == []
    assert [approval.actor for approval in machine.load("r1").approvals] == ["bob"]
    assert [event.kind for event in machine.events("r1")].count("approved") == 1
