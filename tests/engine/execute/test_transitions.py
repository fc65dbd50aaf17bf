"""Every pair of states: those of the tables are reached by a release that goes every way it can, all others refused.

The exploration is exhaustive over what matters: states that differ in nothing but moments are one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from enum import Enum
from itertools import product
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest

from engine.execute import draft as drafts
from engine.execute.advance import Advanced, admit, advance
from engine.execute.commands import take_up
from engine.execute.environment import PROPOSED
from engine.execute.gates import ILL
from engine.execute.record import record
from engine.execute.release import Release, Step
from engine.execute.rules import Rules
from engine.execute.spec import GatesSpec, HooksSpec, ReleaseSpec, WindowSpec
from engine.execute.status import (
    ENVIRONMENT_TRANSITIONS,
    RELEASE_TRANSITIONS,
    STEP_TRANSITIONS,
    EnvironmentStatus,
    ReleaseStatus,
    StepStatus,
    TransitionError,
    check_move,
)
from engine.execute.store import Request, Wish
from engine.model.entities import Concurrency
from engine.model.values import Action, Approvals
from tests.fakes.worlds import NOW, application, environment, release, spec, workflow
from tests.support.release_answers import answers
from tests.support.release_invariants import broken

RULES = Rules(ZoneInfo, wind_down=600)
TABLES: tuple[Mapping[Any, frozenset[Any]], ...] = (RELEASE_TRANSITIONS, ENVIRONMENT_TRANSITIONS, STEP_TRANSITIONS)
HOOKS = HooksSpec(workflow("begin"), workflow("cheer"), workflow("page"))


@pytest.mark.parametrize("table", TABLES)
def test_a_table_has_every_state(table: Mapping[Enum, frozenset[Enum]]) -> None:
    kind = type(next(iter(table)))
    assert set(table) == set(kind)


@pytest.mark.parametrize("table", TABLES)
def test_every_pair_is_allowed_or_refused(table: Mapping[Enum, frozenset[Enum]]) -> None:
    for before, after in product(table, table):
        if before is after or after in table[before]:
            check_move(table, before, after)
        else:
            with pytest.raises(TransitionError, match=f"{before.value} to {after.value}"):
                check_move(table, before, after)


def test_only_a_failed_release_leaves_its_end() -> None:
    ends = {status for status in ReleaseStatus if status.is_final}
    assert {status for status in ends if RELEASE_TRANSITIONS[status]} == {ReleaseStatus.FAILED}
    assert ENVIRONMENT_TRANSITIONS[EnvironmentStatus.SUCCEEDED] == frozenset()
    assert {after for status in StepStatus if status.is_final for after in STEP_TRANSITIONS[status]} == {
        StepStatus.PENDING
    }


class _Here(NamedTuple):
    release: Release
    now: datetime


def _signature(here: _Here) -> object:
    """Return what tells states apart: everything but moments, of which only their order with now counts."""
    whole, now = here

    def ahead(moment: datetime | None) -> bool | None:
        return None if moment is None else moment > now

    def of(step: Step) -> object:
        outputs = (PROPOSED in step.outputs, bool(step.outputs.get(ILL)), step.outputs.get("changed"))
        later = ahead(step.look_at)
        return step.status, step.attempt, later, bool(later and step.tries), outputs

    return (
        whole.status,
        tuple(state.status for state in whole.environments.values()),
        tuple(of(step) for step in whole.steps.values()),
        len(whole.approvals),
        ahead(whole.deadline),
    )


def _next(here: _Here, advanced: Advanced) -> Iterator[_Here]:
    """Return every way on: any answer to any effect, time, and what people ask."""
    whole, now = advanced.release, here.now
    for effect in advanced.effects:
        for answer in answers(effect):
            yield _Here(record(whole, effect, answer, now, RULES)[0], now)
    if advanced.wake is not None:
        yield _Here(whole, advanced.wake)
    if whole.deadline is not None and whole.deadline > now:
        yield _Here(whole, whole.deadline)
    if whole.status is ReleaseStatus.QUEUED:
        yield _Here(admit(whole, now, RULES)[0], now)
    needless = {Wish.APPROVE} if whole.approvals or not whole.spec.environment("qa").gates.approvals else set()
    if any(step.attempt > 1 for step in whole.steps.values()):
        needless.add(Wish.RETRY)
    for wish in set(Wish) - needless:
        asked = Request(1, wish, "bob", now, environment="qa", reason="because")
        yield _Here(take_up(whole, asked, now, RULES)[0], now)


def _explore(of: ReleaseSpec) -> int:
    """Go every way a release can go, and check every state; return how many there are."""
    first = _Here(release(of), NOW)
    seen = {_signature(first)}
    waiting = deque([first])
    while waiting:
        here = waiting.popleft()
        advanced = advance(here.release, here.now, RULES)
        assert broken(advanced, here.now, RULES) == []
        for there in _next(here, advanced):
            signature = _signature(there)
            if signature not in seen:
                seen.add(signature)
                waiting.append(there)
    return len(seen)


NIGHT = WindowSpec("night", (1, 2, 3, 4, 5, 6, 7), time(22), time(6), "UTC")

WAYS: dict[str, ReleaseSpec] = {
    "a pull request with every hook of its environment": spec(environment("qa", action=Action.PR, hooks=HOOKS)),
    "a commit between workflows, reverted when something fails": spec(
        environment(
            "qa", rollback=True, applications=(application("shop-qa", pre=workflow("check"), post=workflow("smoke")),)
        )
    ),
    "every hook of the release": spec(environment("qa"), hooks=HOOKS),
    "a reverted pull request": spec(environment("qa", action=Action.PR, rollback=True)),
    "a soak, approvals and a window": spec(
        environment("qa", gates=GatesSpec(soak=60, approvals=Approvals(1, ()), window=NIGHT))
    ),
    "two environments side by side": spec(environment("qa"), environment("eu")),
    "one environment after the other, with a soak between": spec(
        environment("qa"), environment("eu", ("qa",), gates=GatesSpec(soak=60))
    ),
    "a soak beside an environment": spec(environment("qa", gates=GatesSpec(soak=60)), environment("eu")),
    "a newer release ends an older one": spec(
        environment("qa", gates=GatesSpec(soak=60), hooks=HooksSpec(workflow("begin"), None, workflow("page"))),
        concurrency=Concurrency.TERMINATE,
    ),
}


def test_every_allowed_pair_is_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    walked: set[tuple[Enum, Enum]] = set()

    def watched(table: Mapping[Any, frozenset[Any]], before: Any, after: Any) -> None:
        check_move(table, before, after)
        walked.add((before, after))

    monkeypatch.setattr(drafts, "check_move", watched)
    states = {name: _explore(of) for name, of in WAYS.items()}
    assert min(states.values()) > 100, states
    allowed = {(before, after) for table in TABLES for before in table for after in table[before]}
    skipped = (StepStatus.PENDING, StepStatus.SKIPPED)  # which is no line in the audit trail, nor a checked move
    missing = allowed - walked - {skipped}
    assert {f"{before} -> {after}" for before, after in missing} == set()


def test_a_wait_of_years_is_over_when_the_release_times_out() -> None:
    of = spec(environment("qa", gates=GatesSpec(window=WindowSpec("never", (), time(1), time(2), "UTC"))), timeout=60)
    whole, _ = admit(release(of), NOW, RULES)
    advanced = advance(whole, NOW, RULES)
    whole, _ = record(advanced.release, advanced.effects[0], answers(advanced.effects[0])[0], NOW, RULES)
    advanced = advance(whole, NOW, RULES)
    assert advanced.release.status is ReleaseStatus.SUSPENDED
    assert advanced.wake == NOW + timedelta(seconds=60)
    late = advance(advanced.release, NOW + timedelta(seconds=60), RULES)
    assert (late.release.status, late.release.message) == (ReleaseStatus.TERMINATED, "timed out after 1m")
