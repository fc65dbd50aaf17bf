"""A release as it stands: frozen rows, changed only by making new ones.

Source: domain, release; execution, shape.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import NamedTuple

from engine.execute.spec import ApplicationSpec, EnvironmentSpec, HooksSpec, ReleaseSpec
from engine.execute.status import EnvironmentStatus, ReleaseStatus, StepStatus
from engine.model.entities import Concurrency
from engine.model.values import Action


class Role(Enum):
    """What a step does."""

    START_HOOK = "start-hook"
    SUCCESS_HOOK = "success-hook"
    FAILURE_HOOK = "failure-hook"
    SOAK = "soak"
    SUPERSEDE = "supersede"
    PRE_ACTION = "pre-action"
    ACTION = "action"
    HEALTH = "health"
    POST_ACTION = "post-action"
    ROLLBACK = "rollback"
    ROLLBACK_HEALTH = "rollback-health"

    @property
    def is_hook(self) -> bool:
        """Whether it is a workflow around an environment or the release."""
        return self in (Role.START_HOOK, Role.SUCCESS_HOOK, Role.FAILURE_HOOK)

    @property
    def is_workflow(self) -> bool:
        """Whether it runs a promotion workflow."""
        return self.is_hook or self in (Role.PRE_ACTION, Role.POST_ACTION)

    @property
    def is_change(self) -> bool:
        """Whether it changes Git."""
        return self in (Role.ACTION, Role.ROLLBACK)


CHAIN = (Role.PRE_ACTION, Role.ACTION, Role.HEALTH, Role.POST_ACTION)
"""What happens to an application, in this order."""


class StepId(NamedTuple):
    """Which step; ``environment`` is empty for the release's own hooks, ``application`` for an environment's."""

    environment: str
    application: str
    role: Role


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a release.

    Attributes:
        id: which.
        status: where it stands.
        attempt: 1, and one more with every retry; part of the effect's key.
        started_at: when this attempt began.
        finished_at: when this attempt ended.
        look_at: when it is worth asking again; None for at once.
        looked_at: when that was settled. A clock that shows an earlier time has gone back, and `look_at` says nothing.
        tries: how often in a row the other side could not be asked.
        message: what is seen or waited for, or why it ended so.
        outputs: what it brought: of a workflow its exported parameters, of a change the commit.
    """

    id: StepId
    status: StepStatus = StepStatus.PENDING
    attempt: int = 1
    started_at: datetime | None = None
    finished_at: datetime | None = None
    look_at: datetime | None = None
    looked_at: datetime | None = None
    tries: int = 0
    message: str = ""
    outputs: Mapping[str, str] = field(default_factory=dict)

    def next_look(self, now: datetime) -> datetime | None:
        """Return when it is worth asking again, if that is later than now; None when it is worth it at once."""
        if self.look_at is None or self.look_at <= now:
            return None
        return None if self.looked_at is None or self.looked_at > now else self.look_at


@dataclass(frozen=True, slots=True)
class EnvironmentState:
    """One environment of a release.

    Attributes:
        name: which.
        status: where it stands.
        started_at: when its gates had opened and its first step could begin; None before.
        finished_at: when it ended.
        healthy_since: when it succeeded, from which a soak counts.
        message: what it waits for, or why it ended so.
    """

    name: str
    status: EnvironmentStatus = EnvironmentStatus.PENDING
    started_at: datetime | None = None
    finished_at: datetime | None = None
    healthy_since: datetime | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class Approval:
    """Somebody lets a release into an environment.

    Attributes:
        environment: which.
        actor: who; a person counts once.
        teams: the teams the person was in at that moment.
        at: when.
    """

    environment: str
    actor: str
    teams: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the audit trail, which is only ever added to.

    Attributes:
        at: when.
        actor: who or what did it; ``promo`` for what follows from the rules.
        kind: what happened, e.g. ``release.running``, ``step.failed``, ``approved``.
        environment: where; empty for the release itself.
        application: which application; empty for an environment itself.
        role: which step; empty for an environment or the release.
        message: why, or with what result.
    """

    at: datetime
    actor: str
    kind: str
    environment: str = ""
    application: str = ""
    role: str = ""
    message: str = ""


RULES = "promo"
"""The actor of what follows from the rules."""

PROPOSED = "promo/"
"""What the name of every branch for a pull request begins with."""


@dataclass(frozen=True, slots=True)
class Release:
    """One run of a flow, or of a promotion into one environment, for one product.

    Attributes:
        id: unique everywhere, so that effects of two stores never take each other's keys.
        spec: what it is to do.
        status: where it stands.
        initiator: who or what started it.
        created_at: when it was created, which is its place in the queue.
        started_at: when it first began; None while queued.
        deadline: when it is terminated; None while queued.
        finished_at: when it ended.
        message: why it ended so, or what it waits for.
        ended_by: who terminated it; empty otherwise.
        context: the promotion context: what hooks added for later hooks.
        approvals: in the order given.
        environments: by name, in the spec's order.
        steps: by identity, in the order of `outline`.
        reported: the status that was last shown on the commit.
        report_at: when showing it is to be tried again; None for at once.
    """

    id: str
    spec: ReleaseSpec
    status: ReleaseStatus
    initiator: str
    created_at: datetime
    environments: Mapping[str, EnvironmentState]
    steps: Mapping[StepId, Step]
    started_at: datetime | None = None
    deadline: datetime | None = None
    finished_at: datetime | None = None
    message: str = ""
    ended_by: str = ""
    context: Mapping[str, str] = field(default_factory=dict)
    approvals: tuple[Approval, ...] = ()
    reported: str = ""
    report_at: datetime | None = None

    def key(self, step: Step) -> str:
        """Return the key of a step's effect: unique everywhere, the same after any crash."""
        application = step.id.application.replace("/", ":")
        where = [part for part in (step.id.environment, application) if part]
        return "/".join((self.id, *where, step.id.role.value, str(step.attempt)))

    def proposed(self, step: Step) -> str:
        """Return the name of the branch for a pull request of a step; the same for the same key."""
        return PROPOSED + short_name(self.key(step), f"{self.spec.product}-{step.id.environment}", 100)


def new_release(spec: ReleaseSpec, release_id: str, initiator: str, now: datetime) -> Release:
    """Return a release that has just been created and waits in its product's queue."""
    return Release(
        id=release_id,
        spec=spec,
        status=ReleaseStatus.QUEUED,
        initiator=initiator,
        created_at=now,
        environments={environment.name: EnvironmentState(environment.name) for environment in spec.environments},
        steps={step: Step(step) for step in outline(spec)},
    )


def outline(spec: ReleaseSpec) -> tuple[StepId, ...]:
    """Return every step a release of this kind can have, in the order people read them."""
    first = [StepId("", "", Role.START_HOOK)] if spec.hooks.start else []
    inner = [step for environment in spec.environments for step in _environment_outline(spec, environment)]
    return (*first, *inner, *_ends("", spec.hooks))


def _environment_outline(spec: ReleaseSpec, environment: EnvironmentSpec) -> list[StepId]:
    name = environment.name
    steps = [StepId(name, "", Role.SOAK)] if environment.gates.soak else []
    if spec.concurrency is Concurrency.TERMINATE:
        steps.append(StepId(name, "", Role.SUPERSEDE))
    if environment.hooks.start:
        steps.append(StepId(name, "", Role.START_HOOK))
    for application in environment.applications:
        steps += [StepId(name, application.target.key, role) for role in _chain(spec, environment, application)]
    steps += _ends(name, environment.hooks)
    return steps


def _chain(spec: ReleaseSpec, environment: EnvironmentSpec, application: ApplicationSpec) -> list[Role]:
    """Return what happens to one application, in order."""
    roles: list[Role] = []
    if application.pre_action:
        roles.append(Role.PRE_ACTION)
    if environment.action in (Action.COMMIT, Action.PR):
        roles.append(Role.ACTION)
    # A promotion by hand takes what it is told to take, whether or not it is live where it comes from.
    if not environment.is_trigger or (spec.flow and application.target.key == spec.commit.application):
        roles.append(Role.HEALTH)
    if application.post_action:
        roles.append(Role.POST_ACTION)
    if environment.rollback and Role.ACTION in roles:
        roles += [Role.ROLLBACK, Role.ROLLBACK_HEALTH]
    return roles


def _ends(environment: str, hooks: HooksSpec) -> list[StepId]:
    found = [(hooks.success, Role.SUCCESS_HOOK), (hooks.failure, Role.FAILURE_HOOK)]
    return [StepId(environment, "", role) for hook, role in found if hook]


def short_name(key: str, words: str, longest: int = 63) -> str:
    """Return a Kubernetes name for a key: readable words, then enough of its digest to be unique.

    Args:
        key: of an effect.
        words: what a person should recognise; other characters than lower-case letters and digits become hyphens.
        longest: the most characters it may have.
    """
    digest = hashlib.sha256(key.encode()).hexdigest()[:10]
    plain = "".join(character if character.isascii() and character.isalnum() else "-" for character in words.lower())
    room = longest - len(digest) - 1
    readable = "-".join(part for part in plain.split("-") if part)[:room].strip("-")
    return f"{readable}-{digest}" if readable else f"promo-{digest}"
