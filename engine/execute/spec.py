"""What a release is to do, as it was when the release was created.

The flow, the merged settings, the workflows' parameters and the commits are copied, so that no later edit of a policy
changes a running release. Frozen, ordered, serialisable, free of secrets. Source: domain, release.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time

from engine.model.entities import Concurrency, EnvironmentKind, PromotedFile, VersionSource
from engine.model.values import Action, Approvals


@dataclass(frozen=True, slots=True)
class WorkflowSpec:
    """A promotion workflow to be run.

    Attributes:
        name: the workflow template.
        declared: the parameters it declares; None when the workspace does not have the template.
        required: those of them without a value of their own.
    """

    name: str
    declared: tuple[str, ...] | None = None
    required: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HooksSpec:
    """Workflows around an environment or the release."""

    start: WorkflowSpec | None = None
    success: WorkflowSpec | None = None
    failure: WorkflowSpec | None = None


@dataclass(frozen=True, slots=True)
class TargetSpec:
    """An application, as far as a release has to know it.

    Attributes:
        key: ``namespace/name``, or the name alone.
        name: of the Application object.
        namespace: of the Application object; empty where none is given.
        project: its Argo CD project.
        runtime: which Argo CD and Argo Workflows look after it; empty for the only one there is.
        repo_url: the repository it is deployed from, never with credentials.
        branch: the revision it follows.
        folder: its folder there, normalised; empty for the root.
        hydrated: whether its manifests are hydrated from the folder.
        head: the commit the branch stood at when the release was created; effects are looked for after it.
    """

    key: str
    name: str
    namespace: str
    project: str
    runtime: str
    repo_url: str
    branch: str
    folder: str
    hydrated: bool = False
    head: str = ""


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """Where a target's values come from.

    Attributes:
        environment: an environment of the release that the step depends on.
        application: the key of the application there.
        repo_url: its repository.
        branch: the revision it follows.
        folder: its folder.
        files: what is copied; None for every file below the folder.
        version: where the version is written.
    """

    environment: str
    application: str
    repo_url: str
    branch: str
    folder: str
    files: tuple[PromotedFile, ...] | None
    version: VersionSource


@dataclass(frozen=True, slots=True)
class ApplicationSpec:
    """What happens to one application of an environment.

    Attributes:
        target: the application.
        source: where its values come from; None in the trigger environment and where nothing is committed.
        pre_action: the workflow before the action, or None.
        post_action: the workflow after it, or None.
        version_from: its version when the release was created, for people; None when unknown.
    """

    target: TargetSpec
    source: SourceSpec | None
    pre_action: WorkflowSpec | None
    post_action: WorkflowSpec | None
    version_from: str | None = None


@dataclass(frozen=True, slots=True)
class SettingSource:
    """An effective setting as it was decided, for people: its value, who set it, and where."""

    name: str
    value: str
    origin: str
    place: str


@dataclass(frozen=True, slots=True)
class WindowSpec:
    """A window, with the meaning of `engine.model.entities.Window`."""

    name: str
    days: tuple[int, ...]
    start: time
    end: time
    zone: str


@dataclass(frozen=True, slots=True)
class FreezeSpec:
    """A freeze that holds for the environment, with the meaning of `engine.model.entities.Freeze`."""

    name: str
    start: datetime
    end: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class GatesSpec:
    """What must be true before an environment begins, besides those it depends on.

    Attributes:
        soak: seconds of uninterrupted health in every environment it depends on.
        approvals: how many people of which teams, or None.
        window: when it may begin, or None for ever.
        freezes: when it may not; those that hold for this product and environment.
    """

    soak: int = 0
    approvals: Approvals | None = None
    window: WindowSpec | None = None
    freezes: tuple[FreezeSpec, ...] = ()


@dataclass(frozen=True, slots=True)
class EnvironmentSpec:
    """One environment of a release.

    Attributes:
        name: its name.
        kind: production or not.
        after: the environments that must have succeeded; empty for the trigger.
        action: how a change reaches Git; None in the trigger environment.
        rollback: whether an application that fails after its commit gets it reverted.
        gates: what is waited for.
        hooks: workflows around it.
        applications: sorted by key.
        settings: the effective settings, in registry order, for people.
    """

    name: str
    kind: EnvironmentKind
    after: tuple[str, ...]
    action: Action | None
    rollback: bool
    gates: GatesSpec
    hooks: HooksSpec
    applications: tuple[ApplicationSpec, ...]
    settings: tuple[SettingSource, ...] = ()

    @property
    def is_trigger(self) -> bool:
        """Whether the release begins here and commits nothing."""
        return not self.after


@dataclass(frozen=True, slots=True)
class CommitSpec:
    """The commit a release promotes.

    Attributes:
        application: the key of the application it is read from.
        repo_url: the repository.
        sha: its object name.
        author: the author's display name and address.
        date: ISO 8601 with offset.
        message: the whole message.
    """

    application: str
    repo_url: str
    sha: str
    author: str
    date: str
    message: str


@dataclass(frozen=True, slots=True)
class ReleaseSpec:
    """A whole release before it begins.

    Attributes:
        product: what is promoted.
        flow: along what; None for a promotion into a single environment.
        commit: what the trigger application is read at.
        version: the version that is promoted; None when the source has none.
        timeout: seconds until it is terminated, from its start.
        concurrency: what happens while another release of the product is active.
        hooks: workflows around it.
        environments: the trigger first, each after those it depends on.
        labels: of the product, so that access rules can be asked without the workspace.
    """

    product: str
    flow: str | None
    commit: CommitSpec
    version: str | None
    timeout: int
    concurrency: Concurrency
    hooks: HooksSpec
    environments: tuple[EnvironmentSpec, ...]
    labels: Mapping[str, str] = field(default_factory=dict)

    def environment(self, name: str) -> EnvironmentSpec:
        """Return an environment by its name.

        Raises:
            KeyError: when the release has none of that name.
        """
        for environment in self.environments:
            if environment.name == name:
                return environment
        raise KeyError(name)
