"""The plan as data: everything a dry run found out, ready to be printed, stored and compared.

All of it is frozen and ordered; it holds no clients and no secrets. Times are ISO 8601 texts with an
offset. Source: domain, running a release.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from engine.plan.ports import CommitInfo, ValueChange


class BlockerCode(Enum):
    """What can stand in a promotion's way; the values are stable."""

    NO_ACTION = "P001"
    NONE_WITHOUT_PRE_ACTION = "P002"
    NO_SOURCE_APPLICATION = "P003"
    NO_TARGET_APPLICATION = "P004"
    UNSUPPORTED_SOURCE = "P005"
    NOT_A_BRANCH = "P006"
    REPOSITORY = "P007"
    OUTSIDE_SOURCE = "P008"
    FILE_MISSING = "P009"
    PATH_MATCHES_NOTHING = "P010"
    EDIT_REFUSED = "P011"
    WINDOW_CLOSED = "P012"
    FROZEN = "P013"
    WORKFLOW_PARAMETER = "P014"
    EARLIER_STEP = "P015"
    SAME_TARGET = "P016"


class StepState(Enum):
    """What a step would do if it were reached now."""

    CHANGES = "changes"
    NO_CHANGES = "no changes"
    WAITS = "waits"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Blocker:
    """Something that stands in the way.

    Attributes:
        code: its kind.
        message: what it is.
        unblock: what would remove it.
        clears_at: when it goes away by itself; None when somebody must act.
        place: ``file:line`` of what it is about; empty where nothing in a file is.
    """

    code: BlockerCode
    message: str
    unblock: str
    clears_at: str | None = None
    place: str = ""


@dataclass(frozen=True, slots=True)
class PlannedSetting:
    """An effective setting and where it comes from."""

    name: str
    value: str
    origin: str
    place: str


class GateKind(Enum):
    """What must be true before a step begins, besides the steps it depends on."""

    SOAK = "soak"
    APPROVALS = "approvals"
    WINDOW = "window"
    FREEZE = "freeze"


@dataclass(frozen=True, slots=True)
class Gate:
    """One gate of a step.

    Attributes:
        kind: what sort of gate.
        text: what it asks, for a person.
        open_now: whether it lets the step pass at the plan's time; None where only the release can tell.
        changes_at: when that changes by itself, or None.
    """

    kind: GateKind
    text: str
    open_now: bool | None
    changes_at: str | None = None


@dataclass(frozen=True, slots=True)
class Argument:
    """A workflow parameter; ``value`` is None when it is known only during the release, ``when`` says then."""

    name: str
    value: str | None
    when: str = ""


@dataclass(frozen=True, slots=True)
class WorkflowCall:
    """A promotion workflow that would run.

    Attributes:
        workflow: its name.
        arguments: what it would be passed, in the order it declares them.
        known: whether its template is in the workspace, so that ``arguments`` is certain.
    """

    workflow: str
    arguments: tuple[Argument, ...]
    known: bool


@dataclass(frozen=True, slots=True)
class HookCall:
    """A workflow around a step or the release; ``event`` is ``start``, ``success`` or ``failure``."""

    event: str
    call: WorkflowCall


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file that would change.

    Attributes:
        path: from the repository's root.
        diff: unified, with ``a/`` and ``b/`` paths; a line of its own says so when it is binary.
        added: whether the target has no such file yet.
        values: the values that change, in document order; empty for whole files.
        digest_before: SHA-256 of the target's content; empty when added.
        digest_after: SHA-256 of the content after.
    """

    path: str
    diff: str
    added: bool
    values: tuple[ValueChange, ...]
    digest_before: str
    digest_after: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Where promoted values come from.

    Attributes:
        application: the source application's key.
        environment: the environment it is in.
        repo_url: its repository.
        path: its folder.
        commit: the commit its files are read at.
        edited: whether earlier steps of this plan changed it since that commit.
    """

    application: str
    environment: str
    repo_url: str
    path: str
    commit: str
    edited: bool


@dataclass(frozen=True, slots=True)
class PlannedApplication:
    """What a step would do to one application.

    Attributes:
        application: its key.
        repo_url: the repository it is deployed from.
        branch: the branch a change would go to.
        path: its folder.
        head: the commit of the branch the change is computed on; empty when it could not be read.
        source: where the values come from; None when blocked before that was known.
        version_from: its version now; None when it has none.
        version_to: its version after.
        pre_action: the workflow before, or None.
        post_action: the workflow after, or None.
        changes: the files that change, sorted by path.
        notes: what a reader should know.
        blockers: what stands in the way.
    """

    application: str
    repo_url: str
    branch: str
    path: str
    head: str
    source: Origin | None
    version_from: str | None
    version_to: str | None
    pre_action: WorkflowCall | None
    post_action: WorkflowCall | None
    changes: tuple[FileChange, ...]
    notes: tuple[str, ...]
    blockers: tuple[Blocker, ...]


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One target environment of the plan.

    Attributes:
        environment: its name.
        kind: ``prod`` or ``non-prod``.
        after: the environments that must succeed first.
        action: ``commit``, ``pr``, ``none``, or None when no policy sets one.
        settings: every effective setting, in registry order.
        gates: what it waits for.
        hooks: workflows around it.
        applications: sorted by key.
        notes: what a reader should know.
        blockers: of the step itself, without those of its applications.
        place: ``file:line`` of the step in its flow; empty outside a flow.
    """

    environment: str
    kind: str
    after: tuple[str, ...]
    action: str | None
    settings: tuple[PlannedSetting, ...]
    gates: tuple[Gate, ...]
    hooks: tuple[HookCall, ...]
    applications: tuple[PlannedApplication, ...]
    notes: tuple[str, ...]
    blockers: tuple[Blocker, ...]
    place: str

    @property
    def all_blockers(self) -> tuple[Blocker, ...]:
        """Return the step's blockers and those of its applications."""
        return self.blockers + tuple(blocker for app in self.applications for blocker in app.blockers)

    @property
    def state(self) -> StepState:
        """Return what the step would do if it were reached now."""
        blockers = self.all_blockers
        if any(blocker.clears_at is None for blocker in blockers):
            return StepState.BLOCKED
        if blockers:
            return StepState.WAITS
        return StepState.CHANGES if any(app.changes for app in self.applications) else StepState.NO_CHANGES


@dataclass(frozen=True, slots=True)
class PlannedTrigger:
    """Where the release begins.

    Attributes:
        environment: the trigger or source environment.
        application: the key of the application whose commit is promoted; None when there is none.
        commit: the pinned commit; None when it could not be read.
        post_actions: the workflow that runs there for each application, with the application's key.
    """

    environment: str
    application: str | None
    commit: CommitInfo | None
    post_actions: tuple[tuple[str, WorkflowCall], ...] = ()


@dataclass(frozen=True, slots=True)
class InputDigest:
    """One input of the plan, so that a later run can tell whether it changed.

    ``kind`` is ``file`` (``digest`` is the SHA-256 of a workspace file) or ``branch`` (a commit of a repository).
    """

    kind: str
    name: str
    digest: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole dry run.

    Attributes:
        product: what is promoted.
        flow: the flow; None for a promotion to a single environment.
        at: the plan's moment.
        trigger: where it begins.
        steps: in dependency order.
        hooks: around the release.
        timeout: seconds until the release would be terminated.
        concurrency: ``queue`` or ``terminate``.
        version: the version that is promoted; None when the source has none.
        inputs: everything the plan was computed from, sorted.
        notes: what a reader should know.
        blockers: of the plan as a whole.
    """

    product: str
    flow: str | None
    at: str
    trigger: PlannedTrigger
    steps: tuple[PlannedStep, ...]
    hooks: tuple[HookCall, ...]
    timeout: int
    concurrency: str
    version: str | None
    inputs: tuple[InputDigest, ...]
    notes: tuple[str, ...]
    blockers: tuple[Blocker, ...]

    @property
    def all_blockers(self) -> tuple[Blocker, ...]:
        """Return every blocker, the plan's own first."""
        return self.blockers + tuple(blocker for step in self.steps for blocker in step.all_blockers)

    @property
    def applyable(self) -> bool:
        """Whether a release of this plan could run to its end, though it may have to wait."""
        return bool(self.steps) and all(blocker.clears_at is not None for blocker in self.all_blockers)

    @property
    def complete(self) -> bool:
        """Whether the plan shows every change: nothing blocked, and no step whose workflow does the work unseen."""
        return self.applyable and all(step.action != "none" for step in self.steps)

    @property
    def no_op(self) -> bool:
        """Whether no file would change, and that is certain."""
        return self.complete and not any(app.changes for step in self.steps for app in step.applications)
