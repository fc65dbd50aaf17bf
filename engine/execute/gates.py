"""Whether an environment may begin: soak, approvals, window, freezes, all at the same moment.

Source: domain, policy gates; design, settings.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from engine.execute.calls import soak_effect
from engine.execute.draft import Draft
from engine.execute.release import Approval, Release, Role, Step, StepId
from engine.execute.spec import EnvironmentSpec, FreezeSpec, WindowSpec
from engine.execute.status import StepStatus
from engine.model.entities import Freeze, Window
from engine.model.values import Approvals
from engine.resolve import Closed, Frozen, freeze_state, window_state
from grammar.lexical import duration_token
from grammar.vocabulary import listing


def closed_gates(draft: Draft, environment: EnvironmentSpec) -> list[str]:
    """Return what keeps an environment from beginning now, for people; nothing when it may.

    Moments at which that changes by itself, and what a soak has to look at, are noted in the draft.
    """
    gates = environment.gates
    waits = [
        *_approvals(draft, environment),
        *(_window(draft, gates.window) if gates.window else ()),
        *(text for freeze in gates.freezes for text in _freeze(draft, freeze)),
    ]
    waits += _soak(draft, environment, others_open=not waits)
    return waits


def counted(release: Release, environment: str, wanted: Approvals) -> tuple[Approval, ...]:
    """Return the approvals that count: one a person, of those teams, in the order given."""
    found: dict[str, Approval] = {}
    for approval in release.approvals:
        fits = not wanted.teams or set(approval.teams) & set(wanted.teams)
        if approval.environment == environment and fits:
            found.setdefault(approval.actor, approval)
    return tuple(found.values())


def _approvals(draft: Draft, environment: EnvironmentSpec) -> list[str]:
    wanted = environment.gates.approvals
    if wanted is None:
        return []
    given = counted(draft.release, environment.name, wanted)
    if len(given) >= wanted.count:
        return []
    whose = f" from {listing([f'`{team}`' for team in wanted.teams])}" if wanted.teams else ""
    have = f"{len(given)} of {wanted.count}"
    return [f"waits for approval{'s' if wanted.count > 1 else ''}{whose} ({have} given)"]


def _window(draft: Draft, spec: WindowSpec) -> list[str]:
    window = Window(spec.name, spec.days, spec.start, spec.end, spec.zone)
    state = window_state(window, draft.now, draft.rules.zone)
    if not isinstance(state, Closed):
        # What else is waited for may last until it closes.
        draft.wakes += [state.until] if state.until else []
        return []
    if state.opens_at is None:
        return [f"window `{spec.name}` never opens"]
    draft.wakes.append(state.opens_at)
    return [f"window `{spec.name}` opens at {_text(draft, state.opens_at, spec.zone)}"]


def _freeze(draft: Draft, spec: FreezeSpec) -> list[str]:
    state = freeze_state(Freeze(spec.name, spec.start, spec.end, spec.zone), draft.now, draft.rules.zone)
    if not isinstance(state, Frozen):
        draft.wakes += [state.starts_at] if state.starts_at else []
        return []
    draft.wakes.append(state.until)
    return [f"frozen by `{spec.name}` until {_text(draft, state.until, spec.zone)}"]


def _text(draft: Draft, moment: datetime, zone: str) -> str:
    return moment.astimezone(draft.rules.zone(zone)).isoformat(timespec="minutes")


def _soak(draft: Draft, environment: EnvironmentSpec, *, others_open: bool) -> list[str]:
    """Return what a soak still waits for. Health goes on being looked at until every other gate is open too."""
    step_id = StepId(environment.name, "", Role.SOAK)
    if step_id not in draft.steps or draft.steps[step_id].status is StepStatus.SUCCEEDED:
        return []
    step = draft.begin(step_id)
    due = soaked_at(draft, environment, step)
    seen_at = step.outputs.get(SEEN_AT)
    # What could not be looked at of late may have been ill since.
    over = due is not None and seen_at is not None and datetime.fromisoformat(seen_at) >= due and not step.tries
    if not (over and others_open):
        watch_soak(draft, environment)
    if over:
        return []
    where = listing([f"`{name}`" for name in environment.after], "and")
    are = "is" if len(environment.after) == 1 else "are"
    if due is None:
        return [f"soaks once {where} {are} healthy again: {step.outputs[ILL]}"]
    if draft.now < due:
        draft.wakes.append(due)
        return [f"soaks in {where} until {due.isoformat(timespec='seconds')}"]
    return [f"soaked; looks once more whether {where} {are} healthy"]


def watch_soak(draft: Draft, environment: EnvironmentSpec) -> None:
    """Have it looked whether everything before an environment is healthy, when it is time, while a soak goes on."""
    step = draft.steps.get(StepId(environment.name, "", Role.SOAK))
    if step is None or step.status is not StepStatus.RUNNING:
        return
    if (later := step.next_look(draft.now)) is not None:
        draft.wakes.append(later)
    elif step.id not in draft.busy:
        draft.effects.append(soak_effect(draft, environment, step))


def end_soak(draft: Draft, environment: EnvironmentSpec) -> None:
    """Say that a soak is over, now that the environment begins."""
    step = draft.steps.get(StepId(environment.name, "", Role.SOAK))
    if step is not None and step.status is StepStatus.RUNNING:
        draft.end(step.id, StepStatus.SUCCEEDED, f"{duration_token(environment.gates.soak)} healthy")


HEALTHY_SINCE, SEEN_AT, ILL = "healthy_since", "seen_at", "ill"
"""Outputs of a soak: since when everything was healthy again, when it was last looked at, and who is not well."""


def soaked_at(draft: Draft, environment: EnvironmentSpec, step: Step) -> datetime | None:
    """Return the moment a soak is over if nothing happens; None while something is not healthy."""
    if step.outputs.get(ILL):
        return None
    again = step.outputs.get(HEALTHY_SINCE)
    begins = [state.healthy_since for name in environment.after if (state := draft.environments[name]).healthy_since]
    since = max([*begins, *([datetime.fromisoformat(again)] if again else [])], default=draft.now)
    return since + timedelta(seconds=environment.gates.soak)
