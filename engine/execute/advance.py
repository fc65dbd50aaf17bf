"""What is due in a release now: the one function that decides, pure and the same for everybody who asks.

Source: domain, running a release; execution, shape.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from engine.execute.draft import Draft
from engine.execute.driving import drive_hook
from engine.execute.effects import Effect, ReportEffect
from engine.execute.environment import describe, drive_environment, gate_failed, skip_rest, try_to_begin
from engine.execute.ports import StatusReport
from engine.execute.release import RULES, Event, Release, Role, StepId
from engine.execute.rules import Rules
from engine.execute.status import EnvironmentStatus, ReleaseStatus, StepStatus
from engine.execute.winding_down import wind_down
from grammar.lexical import duration_token


@dataclass(frozen=True, slots=True)
class Advanced:
    """A release moved on as far as it goes without asking anybody.

    Attributes:
        release: as it stands now.
        events: what was added to the audit trail, in order.
        effects: what is to be asked and made now.
        wake: the next moment at which something changes by itself; None when nothing does.
        now: the moment it was moved on at.
    """

    release: Release
    events: tuple[Event, ...]
    effects: tuple[Effect, ...]
    wake: datetime | None
    now: datetime


def admit(release: Release, now: datetime, rules: Rules) -> tuple[Release, tuple[Event, ...]]:
    """Begin a release that is queued; the caller sees to it that it is its turn."""
    draft = Draft(release, now, rules)
    draft.move_release(ReleaseStatus.RUNNING)
    deadline = now + timedelta(seconds=release.spec.timeout)
    draft.release = replace(draft.release, started_at=release.started_at or now, deadline=deadline)
    return draft.finished(), tuple(draft.events)


def advance(
    release: Release,
    now: datetime,
    rules: Rules,
    busy: frozenset[StepId] = frozenset(),
    *,
    reporting: bool = False,
) -> Advanced:
    """Move a release on as far as it goes without asking anybody, and say what is to be asked.

    Cost grows with the steps of the release times its environments.

    Args:
        release: as it stands; one that is queued or at its end only reports.
        now: the present moment.
        rules: how time and addresses are told.
        busy: steps whose effects are being made at this moment.
        reporting: whether the state is being shown on the commit at this moment.
    """
    draft = Draft(release, now, rules, busy)
    if draft.release.status in (ReleaseStatus.RUNNING, ReleaseStatus.SUSPENDED):
        _check_deadline(draft)
    match draft.release.status:
        case ReleaseStatus.TERMINATING:
            wind_down(draft)
        case ReleaseStatus.RUNNING | ReleaseStatus.SUSPENDED:
            _drive(draft)
        case ReleaseStatus.QUEUED | ReleaseStatus.SUCCEEDED | ReleaseStatus.FAILED | ReleaseStatus.TERMINATED:
            pass
    if draft.release.deadline is not None and draft.release.status.is_active:
        draft.wakes.append(draft.release.deadline)
    if rules.reports and not reporting:
        _report(draft)
    wake = min((moment for moment in draft.wakes if moment > now), default=None)
    return Advanced(draft.finished(), tuple(draft.events), tuple(draft.effects), wake, now)


def terminate_draft(draft: Draft, actor: str, reason: str) -> None:
    """Begin to end a release; one that is queued is over at once."""
    wind_down_until = draft.now + timedelta(seconds=draft.rules.wind_down)
    draft.release = replace(draft.release, ended_by=actor)
    if draft.release.status is ReleaseStatus.QUEUED:
        _skip_environments(draft, reason)
        skip_rest(draft, "")
        draft.move_release(ReleaseStatus.TERMINATED, reason, actor)
    else:
        draft.move_release(ReleaseStatus.TERMINATING, reason, actor)
        draft.release = replace(draft.release, deadline=wind_down_until)


def _check_deadline(draft: Draft) -> None:
    deadline = draft.release.deadline
    if deadline is not None and draft.now >= deadline:
        terminate_draft(draft, RULES, f"timed out after {duration_token(draft.release.spec.timeout)}")


def _drive(draft: Draft) -> None:
    """Move on a release that runs."""
    spec = draft.release.spec
    started = drive_hook(draft, "", spec.hooks, Role.START_HOOK)
    if started is not None and not started.status.is_done:
        if started.status.is_failure:
            _skip_environments(draft, describe(started))
            _finish(draft)
        else:
            _settle_status(draft)
        return
    for environment in spec.environments:
        state = draft.environments[environment.name]
        if state.started_at is not None and not state.status.is_final:
            drive_environment(draft, environment)
    _begin_more(draft)
    if all(state.status.is_final for state in draft.environments.values()):
        _finish(draft)
    else:
        _settle_status(draft)


def _begin_more(draft: Draft) -> None:
    """Begin the environments whose predecessors have succeeded; none at all once something has failed.

    What had begun beside the failure goes on to its end. In the spec's order each comes after its predecessors, so
    one round is enough.
    """
    for environment in draft.release.spec.environments:
        state = draft.environments[environment.name]
        if state.status.is_final or state.started_at is not None:
            continue
        wrong = _failure(draft)
        if gate_failed(draft, environment.name):
            draft.move_environment(environment.name, EnvironmentStatus.RUNNING)
            drive_environment(draft, environment)
        elif wrong:
            for step in [step for step in draft.steps.values() if step.id.environment == environment.name]:
                if step.status is StepStatus.RUNNING and step.id not in draft.busy:
                    draft.end(step.id, StepStatus.TERMINATED, wrong)
            if any(step.environment == environment.name for step in draft.busy):
                continue
            skip_rest(draft, environment.name)
            draft.move_environment(environment.name, EnvironmentStatus.SKIPPED, wrong)
        elif all(draft.environments[name].status is EnvironmentStatus.SUCCEEDED for name in environment.after):
            if try_to_begin(draft, environment):
                drive_environment(draft, environment)


def _failure(draft: Draft) -> str:
    """Return why nothing new may begin; empty while nothing has failed."""
    failed = [step.id.environment for step in draft.steps.values() if step.status.is_failure]
    return f"`{failed[0]}` failed" if failed else ""


def _skip_environments(draft: Draft, why: str) -> None:
    for name, state in list(draft.environments.items()):
        if not state.status.is_final:
            skip_rest(draft, name)
            draft.move_environment(name, EnvironmentStatus.SKIPPED, why)


def _finish(draft: Draft) -> None:
    """End a release whose environments have all ended: its hooks first, then its status."""
    hooks = draft.release.spec.hooks
    why = _why(draft)
    if not why:
        told = drive_hook(draft, "", hooks, Role.SUCCESS_HOOK)
        if told is not None and not told.status.is_final:
            _settle_status(draft)
            return
        why = _why(draft)
    if why:
        told = drive_hook(draft, "", hooks, Role.FAILURE_HOOK, why)
        if told is not None and not told.status.is_final:
            _settle_status(draft)
            return
    skip_rest(draft, "")
    if not why and draft.release.status is ReleaseStatus.SUSPENDED:
        draft.move_release(ReleaseStatus.RUNNING)
    draft.move_release(ReleaseStatus.FAILED if why else ReleaseStatus.SUCCEEDED, _why(draft))


def _why(draft: Draft) -> str:
    """Return what went wrong in a release; empty when nothing did."""
    own = [describe(step) for step in draft.steps.values() if not step.id.environment and step.status.is_failure]
    failed = [
        f"{name}: {state.message}"
        for name, state in draft.environments.items()
        if state.status is EnvironmentStatus.FAILED
    ]
    return "; ".join((*failed, *own))


def _settle_status(draft: Draft) -> None:
    """Tell a release that works from one that only waits for people, time or health."""
    own = any(step.status is StepStatus.RUNNING for step in draft.steps.values() if not step.id.environment)
    statuses = [state.status for state in draft.environments.values()]
    waits = EnvironmentStatus.SUSPENDED in statuses and EnvironmentStatus.RUNNING not in statuses and not own
    wanted = ReleaseStatus.SUSPENDED if waits else ReleaseStatus.RUNNING
    message = "; ".join(
        f"{name} {state.message}"
        for name, state in draft.environments.items()
        if state.status is EnvironmentStatus.SUSPENDED
    )
    if draft.release.status is not wanted:
        draft.move_release(wanted, message)
    elif draft.release.message != message:
        draft.release = replace(draft.release, message=message)


def _report(draft: Draft) -> None:
    """Have the state shown on the commit, if it is another than last time."""
    release = draft.release
    if release.reported == release.status.value or not release.spec.commit.sha:
        return
    if release.report_at is not None and release.report_at > draft.now:
        draft.wakes.append(release.report_at)
        return
    flow = f"flow {release.spec.flow}" if release.spec.flow else "a promotion by hand"
    words = f"{release.status.value}: {release.message}" if release.message else f"{release.status.value} ({flow})"
    report = StatusReport(
        repo_url=release.spec.commit.repo_url,
        commit=release.spec.commit.sha,
        context=f"promo/{release.spec.product}",
        state=release.status.value,
        description=words[:140],
        url=draft.rules.release_url(release.id),
    )
    draft.effects.append(ReportEffect(report))
