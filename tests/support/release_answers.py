"""What the other side of each effect of a release can answer."""

from __future__ import annotations

from datetime import datetime

from engine.execute.effects import (
    Broken,
    CommitEffect,
    Done,
    Effect,
    EndRunEffect,
    NotNow,
    ObserveEffect,
    ProposeEffect,
    ReportEffect,
    Result,
    RunEffect,
    SoakEffect,
    SupersedeEffect,
    WithdrawEffect,
)
from engine.execute.ports import Declined, Landed, Life, Observation, Proposed, RunPhase, RunState
from engine.execute.store import Standing

URL = "https://git.example.com/shop/deploy/pull/1"
CHANGED = Landed("feed" * 10, True, "promo", "Promote shop", "2026-11-23T10:00:00+00:00", "2 files")
UNCHANGED = Landed("beef" * 10, False)
WELL = Observation(Life.LANDED, True, "Synced and Healthy", commit="feed" * 10)
ILL = Observation(Life.WAITING, False, "Degraded")
LATER = NotNow("connection refused")
NEVER = Broken("no such thing")


def answers(effect: Effect) -> tuple[Result, ...]:
    """Return every kind of answer to an effect, the one that everybody hopes for first."""
    match effect:
        case RunEffect():
            return (*(RunState(phase) for phase in (RunPhase.SUCCEEDED, *RunPhase)), LATER, NEVER)
        case EndRunEffect():
            return Done(), LATER, NEVER
        case CommitEffect():
            return CHANGED, UNCHANGED, LATER, NEVER
        case ProposeEffect():
            return CHANGED, UNCHANGED, Proposed(URL), Declined(URL, "closed by bob"), LATER, NEVER
        case WithdrawEffect():
            return Done(), CHANGED, LATER, NEVER
        case ObserveEffect():
            return WELL, ILL, Observation(Life.FAILED, False, "Degraded for good"), LATER, NEVER
        case SoakEffect(_, watches):
            return (WELL,) * len(watches), (*(WELL,) * (len(watches) - 1), ILL), LATER, NEVER
        case SupersedeEffect():
            return Standing.CLEAR, Standing.WAIT, Standing.OUTDATED
        case ReportEffect():
            return Done(), LATER, NEVER


def hoped(effect: Effect) -> Result:
    """Return the answer that everybody hopes for."""
    return answers(effect)[0]


def healthy_since(moment: datetime | None) -> Observation:
    """Return what is seen of an application that is healthy since a moment."""
    return Observation(Life.LANDED, True, "Synced and Healthy", moment, commit="feed" * 10)
