"""What a result means: the state of a release after somebody was asked. Pure.

A result that comes for a step that has ended in the meantime is noted and changes nothing.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from engine.execute.calls import RUN
from engine.execute.draft import Draft
from engine.execute.effects import (
    Broken,
    Done,
    Effect,
    EndRunEffect,
    NotNow,
    ReportEffect,
    Result,
    SoakEffect,
    StepEffect,
    WithdrawEffect,
)
from engine.execute.environment import PROPOSED
from engine.execute.gates import HEALTHY_SINCE, ILL, SEEN_AT, soaked_at
from engine.execute.parameters import CONTEXT_PARAMETER, EXPORT, read_context
from engine.execute.ports import Declined, Landed, Life, Observation, Proposed, RunPhase, RunState
from engine.execute.release import Event, Release, Step
from engine.execute.rules import Rules, next_look, next_try
from engine.execute.status import StepStatus
from engine.execute.store import Standing


def record(
    release: Release, effect: Effect, result: Result, now: datetime, rules: Rules
) -> tuple[Release, tuple[Event, ...]]:
    """Return a release after an effect was asked for and answered.

    Args:
        release: as it stands.
        effect: what was asked.
        result: the answer.
        now: the present moment.
        rules: how time and addresses are told.

    Returns:
        The release, and what is added to the audit trail.
    """
    draft = Draft(release, now, rules)
    if isinstance(effect, ReportEffect):
        _reported(draft, effect, result)
    elif draft.steps[effect.step].status is not StepStatus.RUNNING:
        draft.note("step.late", f"a late answer changes nothing: {_words(result)}", step=effect.step)
    elif isinstance(result, NotNow):
        step = draft.steps[effect.step]
        look_at = next_try(release.key(step), step.tries + 1, now, result.after)
        draft.fail_for_now(effect.step, result.reason, look_at)
    else:
        _recorded(draft, effect, result)
    return draft.finished(), tuple(draft.events)


def _recorded(draft: Draft, effect: StepEffect, result: Result) -> None:
    step = draft.steps[effect.step]
    match result:
        case Landed():
            _landed(draft, step, result)
        case Broken(reason):
            draft.end(step.id, StepStatus.ERROR, reason)
        case Done():
            reason = effect.reason if isinstance(effect, EndRunEffect | WithdrawEffect) else ""
            draft.end(step.id, StepStatus.TERMINATED, reason)
        case RunState():
            _ran(draft, step, result)
        case Proposed(url, note, look_after):
            first = {} if PROPOSED in step.outputs else {PROPOSED: url}
            if first:
                draft.note("step.proposed", url, step=step.id)
            words = f"{url} {note}".strip()
            draft.see(step.id, words, next_look(step.started_at, draft.now, look_after), first)
        case Declined(url, reason):
            draft.end(step.id, StepStatus.FAILED, f"{url} was closed without being merged: {reason}")
        case Observation():
            _observed(draft, step, result)
        case tuple():
            assert isinstance(effect, SoakEffect)
            _soaked(draft, step, result)
        case Standing():
            _stood(draft, step, result)
        case NotNow():
            raise AssertionError("answers that come later were dealt with before")


def _landed(draft: Draft, step: Step, landed: Landed) -> None:
    outputs = {
        "commit": landed.commit,
        "changed": "true" if landed.changed else "false",
        "author": landed.author,
        "message": landed.message,
        "date": landed.date,
    }
    words = f"{landed.summary or 'committed'} ({landed.commit[:10]})" if landed.changed else "no changes"
    draft.end(step.id, StepStatus.SUCCEEDED, words, outputs)


def _ran(draft: Draft, step: Step, state: RunState) -> None:
    outputs = {RUN: "started"} | ({"url": state.url} if state.url else {})
    exported = {f"{EXPORT}{name}": value for name, value in sorted(state.outputs.items())}
    match state.phase:
        case RunPhase.RUNNING:
            look_at = next_look(step.started_at, draft.now, state.look_after)
            draft.see(step.id, state.message, look_at, outputs)
            return
        case RunPhase.SUCCEEDED:
            status = StepStatus.SUCCEEDED
        case RunPhase.FAILED:
            status = StepStatus.FAILED
        case RunPhase.ERROR:
            status = StepStatus.ERROR
    message = state.message
    if step.id.role.is_hook and CONTEXT_PARAMETER in state.outputs:
        added = read_context(state.outputs[CONTEXT_PARAMETER])
        if isinstance(added, str):
            status, message = StepStatus.FAILED if status is StepStatus.SUCCEEDED else status, added
        else:
            draft.release = replace(draft.release, context={**draft.release.context, **added})
            if added:
                draft.note("context", ", ".join(sorted(added)), step=step.id)
    draft.end(step.id, status, message, outputs | exported)


def _observed(draft: Draft, step: Step, seen: Observation) -> None:
    match seen.life:
        case Life.LANDED:
            draft.end(step.id, StepStatus.SUCCEEDED, seen.message, {"commit": seen.commit} if seen.commit else {})
        case Life.FAILED:
            draft.end(step.id, StepStatus.FAILED, seen.message)
        case Life.WAITING:
            look_at = next_look(step.started_at, draft.now, seen.look_after)
            draft.see(step.id, seen.message, look_at, {"memory": seen.memory[:1000]})


def _soaked(draft: Draft, step: Step, seen: tuple[Observation, ...]) -> None:
    """Note whether everything was healthy; where something is not, the time begins again once it is."""
    environment = draft.release.spec.environment(step.id.environment)
    ill = [observation for observation in seen if not observation.healthy]
    look_at = next_look(step.started_at, draft.now, None)
    outputs = {SEEN_AT: draft.now.isoformat()}
    if ill:
        if not step.outputs.get(ILL):
            draft.note("soak.interrupted", ill[0].message, step=step.id)
        draft.see(step.id, ill[0].message, look_at, outputs | {ILL: ill[0].message or "not healthy"})
        return
    known = [observation.healthy_since for observation in seen if observation.healthy_since]
    if step.outputs.get(ILL):
        # Who does not say since when it is healthy is known to be healthy from now on.
        last_ill = datetime.fromisoformat(step.outputs[SEEN_AT])
        since = max([last_ill, *known]) if len(known) == len(seen) else draft.now
        outputs |= {HEALTHY_SINCE: since.isoformat(), ILL: ""}
    elif known and (again := max(known)) > _counted_from(draft, step):
        draft.note("soak.interrupted", "it was not healthy in between", step=step.id)
        outputs |= {HEALTHY_SINCE: again.isoformat()}
    draft.see(step.id, "healthy", look_at, outputs)
    due = soaked_at(draft, environment, draft.steps[step.id])
    if due is not None and draft.now < due < look_at:
        draft.see(step.id, "healthy", due)


def _counted_from(draft: Draft, step: Step) -> datetime:
    environment = draft.release.spec.environment(step.id.environment)
    begins = [state.healthy_since for name in environment.after if (state := draft.environments[name]).healthy_since]
    again = step.outputs.get(HEALTHY_SINCE)
    return max([*begins, *([datetime.fromisoformat(again)] if again else [])], default=draft.now)


def _stood(draft: Draft, step: Step, standing: Standing) -> None:
    match standing:
        case Standing.CLEAR:
            draft.end(step.id, StepStatus.SUCCEEDED)
        case Standing.WAIT:
            look_at = next_look(step.started_at, draft.now, None)
            draft.see(step.id, "an older release is ended first", look_at)
        case Standing.OUTDATED:
            where = step.id.environment
            draft.end(step.id, StepStatus.FAILED, f"a newer release of the product has already reached `{where}`")


def _reported(draft: Draft, effect: ReportEffect, result: Result) -> None:
    if isinstance(result, NotNow):
        # Not shown to anybody but the log: the next try comes in a minute, and the release does not depend on it.
        draft.release = replace(draft.release, report_at=next_try(draft.release.id, 6, draft.now, result.after))
        return
    if isinstance(result, Broken):
        draft.note("report.failed", result.reason)
    draft.release = replace(draft.release, reported=effect.report.state, report_at=None)


def _words(result: Result) -> str:
    match result:
        case Landed(commit):
            return f"landed as {commit}"
        case Proposed(url) | Declined(url):
            return url
        case RunState(phase):
            return phase.value
        case Observation(life):
            return life.value
        case NotNow(reason) | Broken(reason):
            return reason
        case Standing():
            return result.value
        case Done():
            return "done"
        case tuple():
            return "observed"
