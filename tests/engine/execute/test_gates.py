from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from engine.execute.advance import Advanced, admit, advance
from engine.execute.commands import take_up
from engine.execute.effects import Broken, NotNow, ObserveEffect, Result, SoakEffect, SupersedeEffect
from engine.execute.ports import Observation
from engine.execute.record import record
from engine.execute.release import Release, Role, StepId
from engine.execute.rules import Rules
from engine.execute.spec import FreezeSpec, GatesSpec, WindowSpec
from engine.execute.status import EnvironmentStatus, StepStatus
from engine.execute.store import Request, Standing, Wish
from engine.model.entities import Concurrency
from engine.model.values import Approvals
from tests.fakes.worlds import NOW, application, environment, release, spec
from tests.support.release_answers import ILL, WELL, healthy_since, hoped

RULES = Rules(ZoneInfo)
MORNING = WindowSpec("mornings", (1, 2, 3, 4, 5), time(8), time(12), "UTC")
SALE = FreezeSpec("sale", datetime(2026, 11, 23, 11), datetime(2026, 11, 24), "UTC")
SOAK = StepId("qa", "", Role.SOAK)


def minutes(count: float) -> datetime:
    return NOW + timedelta(minutes=count)


class Waiting:
    """A release whose trigger is healthy, so that ``qa`` begins when its gates are open."""

    def __init__(self, gates: GatesSpec, concurrency: Concurrency = Concurrency.QUEUE) -> None:
        of = spec(environment("qa", gates=gates), environment("eu", ("qa",)), concurrency=concurrency)
        self.release, _ = admit(release(of), NOW, RULES)
        self.events: list[str] = []
        effect: object = None
        while not isinstance(effect, ObserveEffect):
            (effect,) = self.at(NOW).effects
            self.answer(effect, hoped(effect), NOW)

    def at(self, now: datetime) -> Advanced:
        advanced = advance(self.release, now, RULES)
        self.release = advanced.release
        self.events += [event.kind for event in advanced.events]
        return advanced

    def answer(self, effect: object, result: Result, now: datetime) -> None:
        self.release, events = record(self.release, effect, result, now, RULES)  # type: ignore[arg-type]
        self.events += [event.kind for event in events]

    def looks(self, now: datetime, *seen: Observation) -> None:
        """Let the soak look, and see this."""
        (effect,) = (effect for effect in self.at(now).effects if isinstance(effect, SoakEffect))
        self.answer(effect, seen or (WELL,), now)

    def approve(self, who: str, *teams: str, now: datetime = NOW) -> None:
        self.release, _ = take_up(self.release, Request(1, Wish.APPROVE, who, now, "qa", teams), now, RULES)

    @property
    def waits_for(self) -> str:
        return self.release.environments["qa"].message

    @property
    def has_begun(self) -> bool:
        return self.release.environments["qa"].started_at is not None


def test_without_gates_an_environment_begins_at_once() -> None:
    waiting = Waiting(GatesSpec())
    waiting.at(NOW)
    assert waiting.has_begun


def test_approvals_count_people_and_teams() -> None:
    waiting = Waiting(GatesSpec(approvals=Approvals(2, ("sre", "leads"))))
    waiting.at(NOW)
    assert waiting.waits_for == "waits for approvals from `sre` or `leads` (0 of 2 given)"
    for who, team in (("ann", "sre"), ("ann", "leads"), ("ben", "sales"), ("cy", "leads")):
        assert not waiting.has_begun
        waiting.approve(who, team)
        waiting.at(NOW)
    assert waiting.has_begun


def test_an_approval_of_another_environment_does_not_count() -> None:
    waiting = Waiting(GatesSpec(approvals=Approvals(1, ())))
    waiting.release, _ = take_up(waiting.release, Request(1, Wish.APPROVE, "ann", NOW, "eu"), NOW, RULES)
    waiting.at(NOW)
    assert not waiting.has_begun


@pytest.mark.parametrize(("hour", "opens"), [(7, 8), (12, 32), (20, 32)])
def test_a_closed_window_wakes_the_release_when_it_opens(hour: int, opens: int) -> None:
    waiting = Waiting(GatesSpec(window=MORNING))
    now = NOW.replace(hour=hour)
    advanced = waiting.at(now)
    assert "window `mornings` opens at" in waiting.waits_for
    assert advanced.wake == NOW.replace(hour=0) + timedelta(hours=opens)
    waiting.at(advanced.wake)
    assert waiting.has_begun


def test_a_window_that_never_opens_is_said() -> None:
    waiting = Waiting(GatesSpec(window=WindowSpec("never", (), time(1), time(2), "UTC")))
    waiting.at(NOW)
    assert waiting.waits_for == "window `never` never opens"


def test_a_freeze_holds_until_its_end() -> None:
    waiting = Waiting(GatesSpec(freezes=(SALE,)))
    advanced = waiting.at(minutes(90))
    assert waiting.waits_for == "frozen by `sale` until 2026-11-24T00:00+00:00"
    assert advanced.wake == datetime.fromisoformat("2026-11-24T00:00:00+00:00")


def test_what_is_waited_for_is_told_anew_when_another_gate_closes() -> None:
    waiting = Waiting(GatesSpec(approvals=Approvals(1, ()), freezes=(SALE,)))
    advanced = waiting.at(NOW)
    assert "frozen" not in waiting.waits_for
    assert advanced.wake == minutes(60)
    waiting.at(minutes(60))
    assert "frozen by `sale`" in waiting.waits_for


def test_a_soak_counts_from_the_success_of_what_was_before() -> None:
    waiting = Waiting(GatesSpec(soak=3600))
    waiting.looks(NOW)
    assert waiting.waits_for == "soaks in `dev` until 2026-11-23T11:00:00+00:00"
    waiting.looks(minutes(59))
    waiting.at(minutes(60) - timedelta(seconds=1))
    assert not waiting.has_begun
    waiting.looks(minutes(60))
    waiting.at(minutes(60))
    assert waiting.has_begun
    assert waiting.release.steps[SOAK].message == "1h healthy"


def test_a_soak_looks_exactly_when_it_would_be_over() -> None:
    waiting = Waiting(GatesSpec(soak=600))
    waiting.looks(NOW)
    waiting.looks(minutes(9.8))
    assert waiting.at(minutes(9.8)).wake == minutes(10)


def test_an_interrupted_soak_begins_again_when_everything_is_healthy_again() -> None:
    waiting = Waiting(GatesSpec(soak=3600))
    waiting.looks(NOW)
    waiting.looks(minutes(30), ILL)
    waiting.at(minutes(30))
    assert waiting.waits_for == "soaks once `dev` is healthy again: Degraded"
    waiting.looks(minutes(40))
    waiting.at(minutes(40))
    assert waiting.waits_for == "soaks in `dev` until 2026-11-23T11:40:00+00:00"
    assert waiting.events.count("soak.interrupted") == 1


def test_an_interruption_that_nobody_saw_counts_too() -> None:
    waiting = Waiting(GatesSpec(soak=3600))
    waiting.looks(NOW, healthy_since(NOW - timedelta(days=1)))
    waiting.looks(minutes(30), healthy_since(minutes(20)))
    waiting.at(minutes(30))
    assert waiting.waits_for == "soaks in `dev` until 2026-11-23T11:20:00+00:00"
    assert "soak.interrupted" in waiting.events


def test_who_says_when_it_recovered_is_believed_and_who_does_not_counts_from_now() -> None:
    two = environment("qa", applications=(application("shop-qa"), application("shop-qa-b")))
    waiting = Waiting(GatesSpec())
    of = spec(two, environment("eu", ("qa",), gates=GatesSpec(soak=3600)))
    waiting.release, _ = admit(release(of), NOW, RULES)
    while not isinstance((effects := waiting.at(NOW).effects)[0], SoakEffect):
        for effect in effects:
            waiting.answer(effect, hoped(effect), NOW)
    (soak,) = effects
    waiting.answer(soak, (WELL, ILL), NOW)
    for told, since in (
        ((healthy_since(minutes(-600)), healthy_since(None)), minutes(20)),
        ((healthy_since(minutes(-600)), healthy_since(minutes(7))), minutes(7)),
        ((healthy_since(minutes(-600)), healthy_since(minutes(-300))), minutes(0)),
    ):
        whole, _ = record(waiting.release, soak, told, minutes(20), RULES)
        assert whole.steps[StepId("eu", "", Role.SOAK)].outputs["healthy_since"] == since.isoformat()


def test_a_soak_is_not_over_while_health_cannot_be_asked_for() -> None:
    waiting = Waiting(GatesSpec(soak=60, approvals=Approvals(1, ())))
    waiting.looks(NOW)
    waiting.looks(minutes(2))
    (effect,) = waiting.at(minutes(100)).effects
    waiting.answer(effect, NotNow("connection refused"), minutes(100))
    waiting.approve("ann", now=minutes(100))
    waiting.at(minutes(100))
    assert not waiting.has_begun
    assert waiting.waits_for == "soaked; looks once more whether `dev` is healthy"
    waiting.looks(minutes(102))
    waiting.at(minutes(102))
    assert waiting.has_begun


def test_health_goes_on_being_looked_at_until_every_other_gate_is_open() -> None:
    waiting = Waiting(GatesSpec(soak=60, approvals=Approvals(1, ())))
    waiting.looks(NOW)
    waiting.looks(minutes(2))
    waiting.looks(minutes(5), ILL)
    waiting.approve("ann", now=minutes(6))
    waiting.at(minutes(6))
    assert not waiting.has_begun
    assert waiting.release.steps[SOAK].status is StepStatus.RUNNING


def test_a_soak_that_cannot_be_looked_at_fails_the_environment_and_the_release() -> None:
    waiting = Waiting(GatesSpec(soak=60))
    (effect,) = waiting.at(NOW).effects
    waiting.answer(effect, Broken("there is no such application"), NOW)
    waiting.at(NOW)
    assert waiting.release.environments["qa"].status is EnvironmentStatus.FAILED
    assert waiting.release.status.value == "failed"
    assert waiting.release.message == "qa: soak error: there is no such application"


class TestTakingOver:
    """Where a newer release ends older ones, gates are still open when the older one has ended."""

    def wait(self, gates: GatesSpec) -> Waiting:
        return Waiting(gates, Concurrency.TERMINATE)

    def test_a_gate_that_closes_meanwhile_holds_the_release_back(self) -> None:
        waiting = self.wait(GatesSpec(window=MORNING))
        (effect,) = waiting.at(minutes(119)).effects
        waiting.answer(effect, Standing.WAIT, minutes(119))
        waiting.at(minutes(119))
        assert waiting.waits_for == "an older release is ended first"
        waiting.at(minutes(121))
        assert "window `mornings` opens at" in waiting.waits_for
        assert not waiting.has_begun

    def test_a_soak_goes_on_meanwhile(self) -> None:
        waiting = self.wait(GatesSpec(soak=60))
        waiting.looks(NOW)
        waiting.looks(minutes(2))
        (takeover,) = waiting.at(minutes(2)).effects
        assert isinstance(takeover, SupersedeEffect)
        waiting.answer(takeover, Standing.WAIT, minutes(2))
        waiting.looks(minutes(4), ILL)
        later = [effect for effect in waiting.at(minutes(4)).effects if isinstance(effect, SupersedeEffect)]
        assert later == []
        assert waiting.waits_for == "soaks once `dev` is healthy again: Degraded"

    def test_a_release_that_is_outdated_fails_before_anything_of_the_environment_begins(self) -> None:
        waiting = self.wait(GatesSpec(soak=60))
        waiting.looks(NOW)
        waiting.looks(minutes(2))
        (takeover,) = waiting.at(minutes(2)).effects
        waiting.answer(takeover, Standing.OUTDATED, minutes(2))
        waiting.at(minutes(2))
        assert waiting.release.status.value == "failed"
        assert "a newer release of the product has already reached `qa`" in waiting.release.message
        assert waiting.release.steps[SOAK].status is StepStatus.TERMINATED
        assert status_of(waiting.release, Role.ACTION) is StepStatus.SKIPPED


def status_of(whole: Release, role: Role) -> StepStatus:
    return whole.steps[StepId("qa", "argocd/shop-qa", role)].status
