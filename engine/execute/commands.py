"""What people ask of a release. Pure; that they may was checked before.

Source: domain, running a release and access.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from engine.execute.advance import terminate_draft
from engine.execute.draft import Draft
from engine.execute.gates import counted
from engine.execute.release import Approval, Event, Release, Role
from engine.execute.rules import Rules
from engine.execute.status import EnvironmentStatus, ReleaseStatus, StepStatus
from engine.execute.store import Request, Wish


def take_up(release: Release, request: Request, now: datetime, rules: Rules) -> tuple[Release, tuple[Event, ...]]:
    """Return a release after a request; one that makes no sense any more is refused in the audit trail."""
    draft = Draft(release, now, rules)
    match request.wish:
        case Wish.APPROVE:
            _approve(draft, request)
        case Wish.TERMINATE:
            _terminate(draft, request)
        case Wish.RETRY:
            _retry(draft, request)
    return draft.finished(), tuple(draft.events)


def _approve(draft: Draft, request: Request) -> None:
    name = request.environment
    state = draft.environments.get(name)
    if state is None or draft.release.status.is_final:
        why = "the release is over" if state else f"the release has no environment `{name}`"
        draft.note("refused", f"approval of `{name}`: {why}", actor=request.actor)
        return
    wanted = draft.release.spec.environment(name).gates.approvals
    approval = Approval(name, request.actor, request.teams, request.at)
    before = counted(draft.release, name, wanted) if wanted else ()
    draft.release = replace(draft.release, approvals=(*draft.release.approvals, approval))
    draft.events.append(Event(draft.now, request.actor, "approved", name, message=request.reason))
    if wanted is None:
        draft.note("approved.needless", f"`{name}` asks for no approvals", actor=request.actor)
    elif len(counted(draft.release, name, wanted)) == len(before):
        why = "has approved before" if any(known.actor == request.actor for known in before) else "is in none of them"
        whose = f" from {', '.join(wanted.teams)}" if wanted.teams else ""
        draft.note("approved.uncounted", f"`{name}` asks for {wanted.count}{whose}; {request.actor} {why}")


def _terminate(draft: Draft, request: Request) -> None:
    status = draft.release.status
    if status.is_final or status is ReleaseStatus.TERMINATING:
        draft.note("refused", f"terminate: the release is {status.value}", actor=request.actor)
        return
    terminate_draft(draft, request.actor, request.reason or f"terminated by {request.actor}")


def _retry(draft: Draft, request: Request) -> None:
    """Open a failed release again where it failed; nothing that succeeded is repeated."""
    if draft.release.status is not ReleaseStatus.FAILED:
        draft.note("refused", f"retry: the release is {draft.release.status.value}, not failed", actor=request.actor)
        return
    for name, state in list(draft.environments.items()):
        if state.status in (EnvironmentStatus.FAILED, EnvironmentStatus.SKIPPED):
            _reopen(draft, name, request.actor)
            draft.move_environment(name, EnvironmentStatus.PENDING, actor=request.actor)
    _reopen(draft, "", request.actor)
    draft.move_release(ReleaseStatus.QUEUED, request.reason, request.actor)
    draft.release = replace(draft.release, deadline=None)


def _reopen(draft: Draft, environment: str, actor: str) -> None:
    """Take what failed back to its beginning, with what came of the failure, and what was reverted because of it."""
    undone = {
        step.id.application
        for step in draft.steps.values()
        if step.id.environment == environment and step.id.role is Role.ROLLBACK and step.status is StepStatus.SUCCEEDED
    }
    for step in list(draft.steps.values()):
        if step.id.environment != environment or step.status is StepStatus.PENDING:
            continue
        again = step.id.role in (Role.FAILURE_HOOK, Role.ROLLBACK, Role.ROLLBACK_HEALTH, Role.SUPERSEDE)
        reverted = step.id.application in undone and step.id.role in (Role.ACTION, Role.HEALTH, Role.POST_ACTION)
        if again or reverted or step.status is not StepStatus.SUCCEEDED:
            draft.reopen(step.id, actor)
