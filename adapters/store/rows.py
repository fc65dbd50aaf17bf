"""Between a release as frozen values and as rows of the tables."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Row

from adapters.store.clock import from_micros, from_micros_or_none, to_micros, to_micros_or_none
from engine.execute.codec import to_data
from engine.execute.release import Approval, EnvironmentState, Event, Release, Role, Step, StepId
from engine.execute.spec import ReleaseSpec
from engine.execute.status import EnvironmentStatus, ReleaseStatus, StepStatus
from engine.execute.store import Request, Wish
from engine.model.entities import Concurrency

Values = dict[str, Any]
"""The parameters of one statement."""


def storable(text: str) -> str:
    """Return a text without what no database takes: NUL characters, and halves of surrogate pairs."""
    if text.isascii():
        return text.replace("\0", "\ufffd") if "\0" in text else text
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")


_COMPACT = json.JSONEncoder(separators=(",", ":"))


def to_json(value: object) -> str:
    """Return data as compact JSON in ASCII, which every database takes."""
    return _COMPACT.encode(value)


def created_row(release: Release) -> Values:
    """Return the row of a release that is new to the store."""
    spec = release.spec
    return {
        "id": release.id,
        "product": spec.product,
        "flow": spec.flow,
        "version": None if spec.version is None else storable(spec.version),
        "commit_sha": spec.commit.sha,
        "exclusive": spec.concurrency is Concurrency.QUEUE,
        "initiator": storable(release.initiator),
        "created_at": to_micros(release.created_at),
        "spec": to_json(to_data(spec)),
    } | release_row(release)


def release_row(release: Release) -> Values:
    """Return what of a release's row can change."""
    return {
        "status": release.status.value,
        "started_at": to_micros_or_none(release.started_at),
        "deadline": to_micros_or_none(release.deadline),
        "finished_at": to_micros_or_none(release.finished_at),
        "message": storable(release.message),
        "ended_by": storable(release.ended_by),
        "context": to_json(dict(release.context)),
        "reported": release.reported,
        "report_at": to_micros_or_none(release.report_at),
    }


def environment_row(state: EnvironmentState) -> Values:
    """Return what of an environment's row can change."""
    return {
        "status": state.status.value,
        "started_at": to_micros_or_none(state.started_at),
        "finished_at": to_micros_or_none(state.finished_at),
        "healthy_since": to_micros_or_none(state.healthy_since),
        "message": storable(state.message),
    }


def step_row(step: Step) -> Values:
    """Return what of a step's row can change."""
    return {
        "status": step.status.value,
        "attempt": step.attempt,
        "started_at": to_micros_or_none(step.started_at),
        "finished_at": to_micros_or_none(step.finished_at),
        "look_at": to_micros_or_none(step.look_at),
        "looked_at": to_micros_or_none(step.looked_at),
        "tries": step.tries,
        "message": storable(step.message),
        "outputs": to_json(dict(step.outputs)),
    }


def approval_row(position: int, approval: Approval) -> Values:
    """Return the row of an approval, but for the release's number."""
    return {
        "position": position,
        "environment": approval.environment,
        "actor": storable(approval.actor),
        "teams": to_json(approval.teams),
        "at": to_micros(approval.at),
    }


def event_row(event: Event) -> Values:
    """Return the row of an event, but for the release's number."""
    return {
        "at": to_micros(event.at),
        "actor": storable(event.actor),
        "kind": storable(event.kind),
        "environment": storable(event.environment),
        "application": storable(event.application),
        "role": storable(event.role),
        "message": storable(event.message),
    }


def request_row(number: int, token: str, request: Request) -> Values:
    """Return the row of a request."""
    return {
        "token": token,
        "release": number,
        "wish": request.wish.value,
        "actor": storable(request.actor),
        "at": to_micros(request.at),
        "environment": request.environment,
        "teams": to_json(request.teams),
        "reason": storable(request.reason),
    }


def release_of(
    row: Row[Any],
    spec: ReleaseSpec,
    environments: Iterable[Row[Any]],
    steps: Iterable[Row[Any]],
    approvals: Iterable[Row[Any]],
) -> Release:
    """Return a release from its rows, each kind of which is in order of position."""
    return Release(
        id=row.id,
        spec=spec,
        status=ReleaseStatus(row.status),
        initiator=row.initiator,
        created_at=from_micros(row.created_at),
        environments={found.name: _environment(found) for found in environments},
        steps={(step := _step(found)).id: step for found in steps},
        started_at=from_micros_or_none(row.started_at),
        deadline=from_micros_or_none(row.deadline),
        finished_at=from_micros_or_none(row.finished_at),
        message=row.message,
        ended_by=row.ended_by,
        context=_object(row.context),
        approvals=tuple(_approval(found) for found in approvals),
        reported=row.reported,
        report_at=from_micros_or_none(row.report_at),
    )


def _object(text: str) -> Mapping[str, str]:
    return json.loads(text) if text != "{}" else {}


def _environment(row: Row[Any]) -> EnvironmentState:
    return EnvironmentState(
        name=row.name,
        status=EnvironmentStatus(row.status),
        started_at=from_micros_or_none(row.started_at),
        finished_at=from_micros_or_none(row.finished_at),
        healthy_since=from_micros_or_none(row.healthy_since),
        message=row.message,
    )


def _step(row: Row[Any]) -> Step:
    return Step(
        id=StepId(row.environment, row.application, Role(row.role)),
        status=StepStatus(row.status),
        attempt=row.attempt,
        started_at=from_micros_or_none(row.started_at),
        finished_at=from_micros_or_none(row.finished_at),
        look_at=from_micros_or_none(row.look_at),
        looked_at=from_micros_or_none(row.looked_at),
        tries=row.tries,
        message=row.message,
        outputs=_object(row.outputs),
    )


def _approval(row: Row[Any]) -> Approval:
    return Approval(row.environment, row.actor, tuple(json.loads(row.teams)), from_micros(row.at))


def request_of(row: Row[Any]) -> Request:
    """Return a request from its row."""
    return Request(
        id=row.id,
        wish=Wish(row.wish),
        actor=row.actor,
        at=from_micros(row.at),
        environment=row.environment,
        teams=tuple(json.loads(row.teams)),
        reason=row.reason,
    )


def event_of(row: Row[Any]) -> Event:
    """Return an event from its row."""
    return Event(
        at=from_micros(row.at),
        actor=row.actor,
        kind=row.kind,
        environment=row.environment,
        application=row.application,
        role=row.role,
        message=row.message,
    )


def inner_rows(number: int, release: Release) -> tuple[Sequence[Values], Sequence[Values]]:
    """Return the rows of all environments and of all steps of a release."""
    environments = [
        {"release": number, "position": position, "name": state.name} | environment_row(state)
        for position, state in enumerate(release.environments.values())
    ]
    steps = [
        {
            "release": number,
            "position": position,
            "environment": step.id.environment,
            "application": step.id.application,
            "role": step.id.role.value,
        }
        | step_row(step)
        for position, step in enumerate(release.steps.values())
    ]
    return environments, steps
