"""What is true of every release at every moment, whatever happened to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from engine.execute.advance import Advanced, advance
from engine.execute.effects import Effect, EndRunEffect, ReportEffect, SoakEffect, StepEffect, WithdrawEffect
from engine.execute.release import CHAIN, Release, Role, Step, StepId, outline
from engine.execute.rules import Rules
from engine.execute.status import EnvironmentStatus, ReleaseStatus, StepStatus

BEGUN = (StepStatus.RUNNING, StepStatus.SUCCEEDED, StepStatus.FAILED, StepStatus.ERROR, StepStatus.TERMINATED)
YEARS = timedelta(days=3650)


def broken(advanced: Advanced, now: datetime, rules: Rules) -> list[str]:
    """Return what is not as it should be with a release that was moved on; nothing when all is well."""
    release = advanced.release
    return [
        *_shape(release),
        *_order(release),
        *_ends(release),
        *_rollbacks(release),
        *_effects(release, advanced.effects),
        *_time(advanced, now, rules),
    ]


def _steps(release: Release, environment: str) -> list[Step]:
    return [step for step in release.steps.values() if step.id.environment == environment]


def _get(release: Release, environment: str, role: Role, application: str = "") -> Step | None:
    return release.steps.get(StepId(environment, application, role))


def _shape(release: Release) -> Iterator[str]:
    if tuple(release.steps) != outline(release.spec):
        yield "steps came or went"
    for name, state in release.environments.items():
        running = [step for step in _steps(release, name) if step.status is StepStatus.RUNNING]
        if state.status.is_final and running:
            yield f"{name} is over, and {running[0].id.role.value} runs"
        if state.status.is_final and any(step.status is StepStatus.PENDING for step in _steps(release, name)):
            yield f"{name} is over, and something of it still waits"
    if release.status.is_final:
        if not all(state.status.is_final for state in release.environments.values()):
            yield "the release is over before its environments"
        if not all(step.status.is_final for step in release.steps.values()):
            yield "the release is over before its steps"
    for step in release.steps.values():
        if (step.started_at is not None) != (step.status in BEGUN):
            yield f"{step.id} is {step.status.value} and began {step.started_at}"


def _order(release: Release) -> Iterator[str]:
    first = _get(release, "", Role.START_HOOK)
    for environment in release.spec.environments:
        name, state = environment.name, release.environments[environment.name]
        begun = [step for step in _steps(release, name) if step.status in BEGUN]
        if begun and first is not None and not first.status.is_done:
            yield f"{name} began before the release's start hook was done"
        before = [release.environments[after].status for after in environment.after]
        if begun and any(status is not EnvironmentStatus.SUCCEEDED for status in before):
            yield f"{name} began before what it depends on had succeeded"
        inner = [step for step in begun if step.id.application]
        gates = [_get(release, name, role) for role in (Role.SOAK, Role.SUPERSEDE)]
        if inner and any(gate is not None and gate.status is not StepStatus.SUCCEEDED for gate in gates):
            # A retry opens the takeover again, before anything else of the environment goes on.
            if state.started_at is not None and not _gate_gave_up(gates):
                yield f"{name} began before its gates were open"
        start = _get(release, name, Role.START_HOOK)
        if inner and start is not None and not start.status.is_done:
            yield f"{name} changed something before its start hook was done"
        success = _get(release, name, Role.SUCCESS_HOOK)
        chains = [step for step in _steps(release, name) if step.id.role in CHAIN]
        if success is not None and success.status is StepStatus.RUNNING:
            if not all(step.status.is_done for step in chains):
                yield f"the success hook of {name} runs before everything succeeded"
        for application in environment.applications:
            yield from _chain(release, name, application.target.key)


def _gate_gave_up(gates: list[Step | None]) -> bool:
    return any(gate is not None and gate.status.is_failure for gate in gates)


def _chain(release: Release, environment: str, application: str) -> Iterator[str]:
    chain = [step for role in CHAIN if (step := _get(release, environment, role, application)) is not None]
    for earlier, later in pairwise(chain):
        if later.status in BEGUN and not earlier.status.is_done:
            yield f"{later.id} began before {earlier.id.role.value} was done"


def _ends(release: Release) -> Iterator[str]:
    statuses = {state.status for state in release.environments.values()}
    failures = [step for step in release.steps.values() if step.status.is_failure]
    match release.status:
        case ReleaseStatus.SUCCEEDED:
            if statuses != {EnvironmentStatus.SUCCEEDED} or failures:
                yield "it succeeded, though something did not"
        case ReleaseStatus.FAILED:
            if not failures or not release.message:
                yield "it failed, and nothing says why"
        case ReleaseStatus.TERMINATED:
            if not release.ended_by or not release.message:
                yield "it was terminated, and nothing says by whom and why"
    yield from _failed_environments(release, failures)
    hook = _get(release, "", Role.FAILURE_HOOK)
    if hook is not None:
        yield from _told(hook, "of the release", release.status is ReleaseStatus.FAILED)
        if hook.status in BEGUN and release.status is ReleaseStatus.SUCCEEDED:
            yield "it succeeded, and its failure hook ran"


def _failed_environments(release: Release, failures: list[Step]) -> Iterator[str]:
    for name, state in release.environments.items():
        failed = [step for step in failures if step.id.environment == name]
        if state.status is EnvironmentStatus.SUCCEEDED and failed:
            yield f"{name} succeeded, though {failed[0].id.role.value} did not"
        if state.status is EnvironmentStatus.FAILED and not failed:
            yield f"{name} failed, and nothing in it did"
        hook = _get(release, name, Role.FAILURE_HOOK)
        if hook is not None:
            yield from _told(hook, f"of {name}", state.status in (EnvironmentStatus.FAILED,))
            if hook.status in BEGUN and state.status in (EnvironmentStatus.SUCCEEDED, EnvironmentStatus.SKIPPED):
                yield f"{name} is {state.status.value}, and its failure hook ran"


def _told(hook: Step, whose: str, failed: bool) -> Iterator[str]:
    if failed and hook.status is StepStatus.SKIPPED:
        yield f"the failure hook {whose} did not run"


def _rollbacks(release: Release) -> Iterator[str]:
    for step in release.steps.values():
        if step.id.role is not Role.ROLLBACK or step.status not in BEGUN:
            continue
        environment = release.spec.environment(step.id.environment)
        action = release.steps[step.id._replace(role=Role.ACTION)]
        if not environment.rollback:
            yield f"{step.id} was not asked for"
        if action.status is not StepStatus.SUCCEEDED or action.outputs.get("changed") != "true":
            yield f"{step.id} reverts what was not changed"
        if not any(other.status.is_failure for other in _steps(release, environment.name)):
            yield f"{step.id} reverts what did not fail"


def key_of(release: Release, effect: StepEffect) -> str:
    """Return the key of an effect."""
    return release.key(release.steps[effect.step])


def _effects(release: Release, effects: tuple[Effect, ...]) -> Iterator[str]:
    asked = [effect for effect in effects if not isinstance(effect, ReportEffect)]
    if len({effect.step for effect in asked}) != len(asked):
        yield "one step has two effects at once"
    for effect in asked:
        step = release.steps[effect.step]
        ending = isinstance(effect, EndRunEffect | WithdrawEffect)
        if step.status is not StepStatus.RUNNING:
            yield f"{effect.step} is {step.status.value}, and something is asked for it"
        if ending != (release.status is ReleaseStatus.TERMINATING) and step.id.role is not Role.FAILURE_HOOK:
            yield f"{type(effect).__name__} is asked for in a release that is {release.status.value}"
        if not release.status.is_active:
            yield f"the release is {release.status.value}, and something is asked for it"
        keys = {key_of(release, effect)}
        for attribute in ("run", "change", "watch"):
            called = getattr(effect, attribute, None)
            keys |= {called.key} if called is not None else set()
        if len(keys) != 1 or not keys.pop().startswith(f"{release.id}/"):
            yield f"{effect.step} has not one key"
        if isinstance(effect, SoakEffect) and len({watch.key for watch in effect.watches}) != len(effect.watches):
            yield f"{effect.step} looks at two applications under one key"


def _time(advanced: Advanced, now: datetime, rules: Rules) -> Iterator[str]:
    wake = advanced.wake
    if wake is not None and wake <= now:
        yield f"it wakes at {wake}, which is not after {now}"
    busy = frozenset(effect.step for effect in advanced.effects if not isinstance(effect, ReportEffect))
    reporting = any(isinstance(effect, ReportEffect) for effect in advanced.effects)
    again = advance(advanced.release, now, rules)
    if again.release != advanced.release or again.events:
        yield "it moves on twice at the same moment"
    if _by_step(again.effects) != _by_step(advanced.effects):
        yield "the same release asks for different things at the same moment"
    until = wake - timedelta(microseconds=1) if wake else now + YEARS
    slept = advance(advanced.release, until, rules, busy, reporting=reporting)
    if slept.events or slept.effects or _apart_from_words(slept.release) != _apart_from_words(advanced.release):
        yield f"something changes before it wakes at {wake}"


def _by_step(effects: tuple[Effect, ...]) -> dict[StepId | None, Effect]:
    return {None if isinstance(effect, ReportEffect) else effect.step: effect for effect in effects}


def _apart_from_words(release: Release) -> Release:
    return replace(release, message="")
