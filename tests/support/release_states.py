"""One release in each of the states that people see, with moments that never change."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from engine.execute.release import Approval, Release, Role, StepId
from engine.execute.spec import GatesSpec
from engine.execute.status import EnvironmentStatus, ReleaseStatus, StepStatus
from engine.model.values import Approvals
from tests.support.releases import START, ended, release, running, with_step

_LATER = START + timedelta(minutes=4, seconds=12)


def states() -> dict[str, Release]:
    """Return the states by name."""
    queued = _asking(release("06g27cd-en3edg"))
    begun = _in_dev(running(queued))
    waiting = _waiting(begun)
    failed = _failed(begun)
    return {
        "queued": queued,
        "running": begun,
        "waiting": waiting,
        "failed": failed,
        "terminated": replace(
            ended(waiting, ReleaseStatus.TERMINATED, _LATER), message="wrong version", ended_by="grace@example.com"
        ),
        "succeeded": _succeeded(waiting),
    }


def _asking(before: Release) -> Release:
    """The release with two approvals asked for in prod."""
    environments = tuple(
        replace(one, gates=GatesSpec(approvals=Approvals(2, ("release-managers",)))) if one.name == "prod" else one
        for one in before.spec.environments
    )
    return replace(before, spec=replace(before.spec, environments=environments))


def _environment(before: Release, name: str, status: EnvironmentStatus, message: str = "") -> Release:
    state = before.environments[name]
    begun = status is not EnvironmentStatus.SUSPENDED
    over = status in (EnvironmentStatus.SUCCEEDED, EnvironmentStatus.FAILED)
    changed = replace(
        state,
        status=status,
        message=message,
        started_at=START if begun else None,
        finished_at=_LATER if over else None,
    )
    return replace(before, environments={**before.environments, name: changed})


def _step(
    before: Release, environment: str, role: Role, status: StepStatus, message: str = "", **more: object
) -> Release:
    over = status not in (StepStatus.PENDING, StepStatus.RUNNING)
    step = StepId(environment, f"argocd/shop-{environment}", role)
    moments = {"started_at": START, "finished_at": _LATER if over else None}
    return with_step(before, step, status, message=message, **moments, **more)


def _in_dev(before: Release) -> Release:
    """Dev is healthy, and its tests run."""
    now = _environment(before, "dev", EnvironmentStatus.RUNNING)
    now = _step(now, "dev", Role.HEALTH, StepStatus.SUCCEEDED, "Synced and Healthy at c0ffee0123")
    return _step(now, "dev", Role.POST_ACTION, StepStatus.RUNNING, "2 of 3 steps", tries=4)


def _through_qa(before: Release) -> Release:
    now = _step(before, "dev", Role.POST_ACTION, StepStatus.SUCCEEDED)
    now = _environment(_environment(now, "dev", EnvironmentStatus.SUCCEEDED), "qa", EnvironmentStatus.SUCCEEDED)
    now = _step(now, "qa", Role.ACTION, StepStatus.SUCCEEDED, "2 files (86539b1eac)", outputs={"commit": "86539b1eac"})
    now = _step(now, "qa", Role.HEALTH, StepStatus.SUCCEEDED, "Synced and Healthy at 86539b1eac")
    return _step(now, "qa", Role.POST_ACTION, StepStatus.SUCCEEDED)


def _waiting(before: Release) -> Release:
    """Prod waits for the second of two approvals."""
    why = "waits for approval from `release-managers` (1 of 2 given)"
    now = _environment(_through_qa(before), "prod", EnvironmentStatus.SUSPENDED, why)
    given = Approval("prod", "grace@example.com", ("release-managers",), START)
    return replace(now, status=ReleaseStatus.SUSPENDED, message=f"prod {why}", approvals=(given,))


def _failed(before: Release) -> Release:
    """The tests in qa failed, at their second attempt."""
    now = _environment(_through_qa(before), "qa", EnvironmentStatus.FAILED, "post-action failed")
    why = "step `login` ended with 1: expected 200 OK from https://shop.example.com/login, and it was 503"
    now = _step(now, "qa", Role.POST_ACTION, StepStatus.FAILED, why, attempt=2)
    return replace(ended(now, ReleaseStatus.FAILED, _LATER), message="qa: post-action smoke-tests failed")


def _succeeded(before: Release) -> Release:
    now = _environment(before, "prod", EnvironmentStatus.SUCCEEDED)
    for role in (Role.ACTION, Role.HEALTH, Role.POST_ACTION):
        now = _step(now, "prod", role, StepStatus.SUCCEEDED)
    return replace(ended(now, ReleaseStatus.SUCCEEDED, _LATER), message="")
