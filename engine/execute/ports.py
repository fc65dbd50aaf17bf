"""What a release needs of the world, as protocols that adapters implement.

Every effect has a key, ``release/environment/application/role/attempt``, and every method *ensures*: it looks whether
the effect of that key is there, makes it when it is not, and says how it stands. So any call can be repeated, by
another process and after any crash, and the effect happens once. No method waits for long: what takes time answers
"still running", and is asked again.

Methods raise `engine.execute.errors.RetryableError` when the other side cannot be reached or is busy, and
`TerminalError` when no repetition will help. Source: execution, guarantees.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Protocol

from engine.execute.spec import SettingSource, SourceSpec, TargetSpec

# --- promotion workflows -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WorkflowRun:
    """One run of a promotion workflow.

    Attributes:
        key: of the effect.
        name: a Kubernetes name of at most 63 characters that is the same for the same key.
        template: the workflow template.
        parameters: what is passed, by name.
        open_ended: whether the parameters are everything on offer because the template was not in the workspace; the
            adapter passes those that the template declares.
        runtime: where it runs; empty for the only one there is, or for hooks: the control runtime.
        started: whether the release remembers that it was started. One that is remembered and gone is never started
            again.
        release: the release's identifier, for labels.
    """

    key: str
    name: str
    template: str
    parameters: Mapping[str, str]
    open_ended: bool
    runtime: str
    started: bool
    release: str


class RunPhase(Enum):
    """How a workflow stands; ``error`` is that it could not be run, ``failed`` that it ran and said no."""

    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class RunState:
    """What is known of a run.

    Attributes:
        phase: how it stands.
        message: why, for people; of a failed run with the end of its log.
        outputs: the output parameters it exported under a global name, in whatever phase.
        url: where a person can look at it; empty where there is no such place.
        look_after: seconds until it is worth looking again; None for the default.
    """

    phase: RunPhase
    message: str = ""
    outputs: Mapping[str, str] = field(default_factory=dict)
    url: str = ""
    look_after: float | None = None


class Workflows(Protocol):
    """Runs promotion workflows."""

    async def ensure(self, run: WorkflowRun) -> RunState:
        """Start a run unless it was started before, and say how it stands."""

    async def terminate(self, run: WorkflowRun, reason: str) -> None:
        """End a run, if there is one that has not ended. Returns once nothing more will come of it."""


# --- changes in Git ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Change:
    """A promotion of one application, as a change of files.

    Attributes:
        key: of the effect.
        release: the release's identifier.
        product: what is promoted.
        environment: where to.
        version: what is promoted, for messages; None when unknown.
        initiator: who or what started the release.
        url: the release's own address, for messages; empty where there is none.
        target: the application that is changed.
        source: where the values come from.
        commit: the commit the source is read at; for a revert, the commit that is undone.
        revert: whether what ``commit`` did to the target is undone, instead of values being copied.
        proposed: the name of the branch for a pull request; the same for the same key.
        settings: those that hold in the environment, for whoever reviews the change.
    """

    key: str
    release: str
    product: str
    environment: str
    version: str | None
    initiator: str
    url: str
    target: TargetSpec
    source: SourceSpec
    commit: str
    revert: bool
    proposed: str
    settings: tuple[SettingSource, ...] = ()


@dataclass(frozen=True, slots=True)
class Landed:
    """The change is on the application's branch.

    Attributes:
        commit: the commit that has it; where nothing had to change, the one it was compared with.
        changed: whether anything had to change.
        author: who is recorded as its author.
        message: the commit's message.
        date: the commit's date, ISO 8601 with offset.
        summary: what changed, for people, e.g. ``2 files``.
    """

    commit: str
    changed: bool
    author: str = ""
    message: str = ""
    date: str = ""
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Proposed:
    """A pull request that is open.

    Attributes:
        url: where a person looks at it, or the branch where there is no such place.
        note: what it waits for.
        look_after: seconds until it is worth looking again; None for the default.
    """

    url: str
    note: str = ""
    look_after: float | None = None


@dataclass(frozen=True, slots=True)
class Declined:
    """A pull request that was closed and not merged; ``reason`` says what is known of why."""

    url: str
    reason: str


class Changes(Protocol):
    """Changes applications in Git."""

    async def commit(self, change: Change) -> Landed:
        """Put a change onto the application's branch as one commit, unless it is there."""

    async def propose(self, change: Change) -> Landed | Proposed | Declined:
        """Open a pull request unless there is one, and say how it stands; merged is landed.

        Where nothing has to change there is none, and the answer is `Landed` with ``changed`` False.
        """

    async def withdraw(self, change: Change, reason: str) -> Landed | None:
        """Make sure that nothing more comes of a change: close its pull request, if it is open, and remove its branch.

        Returns:
            Where the change is, if it has landed all the same; nothing is made or undone then.
        """


# --- applications ------------------------------------------------------------------------------------


class Life(Enum):
    """How an application stands with respect to a commit."""

    WAITING = "waiting"
    LANDED = "landed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Observation:
    """What was seen of an application.

    Attributes:
        life: ``landed`` when it is synced and healthy at the commit, ``failed`` when it will not get there by itself.
        healthy: whether it is healthy now, at whatever commit.
        message: what is seen, or waited for, for people.
        healthy_since: since when it is known to be healthy without a break; None when that is not known.
        look_after: seconds until it is worth looking again; None for the default.
        memory: what the adapter wants to be told when it is asked again; at most 1,000 characters.
        commit: the commit of its branch that is live; empty when that is not known.
    """

    life: Life
    healthy: bool
    message: str
    healthy_since: datetime | None = None
    look_after: float | None = None
    memory: str = ""
    commit: str = ""


@dataclass(frozen=True, slots=True)
class Watch:
    """What is to be seen of an application.

    Attributes:
        key: of the effect; a sync that is needed carries it.
        target: the application.
        commit: the commit that must be live; None for whatever its branch holds.
        source: where its values came from, so that a later commit that still has them counts; None in the trigger.
        since: when the change landed in Git; what was reported before then says nothing.
        memory: of the last observation under this key; empty the first time.
        passive: whether it is only looked at: a refresh may be asked for, a sync is not.
    """

    key: str
    target: TargetSpec
    commit: str | None
    source: SourceSpec | None
    since: datetime
    memory: str = ""
    passive: bool = False


class Applications(Protocol):
    """Watches applications, and syncs those that do not sync by themselves."""

    async def observe(self, watch: Watch) -> Observation:
        """Say how an application stands; ask for the sync or the refresh that it needs."""


# --- telling others ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StatusReport:
    """The state of a release, shown on the commit it promotes.

    Attributes:
        repo_url: the commit's repository.
        commit: its object name.
        context: the name it is shown under, ``promo/<product>``.
        state: the release's status.
        description: one sentence.
        url: the release's own address; empty where there is none.
    """

    repo_url: str
    commit: str
    context: str
    state: str
    description: str
    url: str


class CommitStatuses(Protocol):
    """Shows the state of releases on commits."""

    async def report(self, report: StatusReport) -> None:
        """Make a commit show this state; does nothing where the repository has no place for it."""


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return the present moment, with an offset from UTC."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Everything a release acts through."""

    workflows: Workflows
    changes: Changes
    applications: Applications
    statuses: CommitStatuses
    clock: Clock
