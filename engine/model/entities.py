"""The entities of a workspace, resolved: what a `.promo` file or a manifest declares.

References are names that were checked to exist; spans say where each thing was written and never take
part in equality, so an entity equals itself in either form. Source: domain, entities.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

from engine.model.conditions import ALWAYS, Condition
from engine.model.values import SettingValue, Workflow
from grammar.quick_state import quick_state
from grammar.span import NOWHERE, Span

if TYPE_CHECKING:
    from grammar.nodes import Test


class EnvironmentKind(Enum):
    """Production or not."""

    PROD = "prod"
    NON_PROD = "non-prod"


class Concurrency(Enum):
    """What a new release does while an older one of the same product is active."""

    QUEUE = "queue"
    TERMINATE = "terminate"


class Permission(Enum):
    """What an access rule may allow."""

    PROMOTE = "promote"
    TRIGGER = "trigger"
    RETRY = "retry"
    TERMINATE = "terminate"
    APPROVE = "approve"


@quick_state
@dataclass(frozen=True, slots=True)
class Metadata:
    """What every entity with a manifest form carries.

    Attributes:
        description: what it is for; in a manifest the annotation ``description``.
        labels: by key.
        annotations: by key, without ``description``.
        namespace: of the manifest form; None where it is left to the cluster.
    """

    description: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    namespace: str | None = None


@quick_state
@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster an environment spans; no namespaces means every namespace."""

    name: str
    namespaces: tuple[str, ...] = ()


@quick_state
@dataclass(frozen=True, slots=True)
class Environment:
    """Where applications live. ``clusters`` and ``tags`` are in the order written."""

    name: str
    kind: EnvironmentKind
    clusters: tuple[Cluster, ...] = ()
    tags: tuple[str, ...] = ()
    metadata: Metadata = Metadata()
    span: Span = field(default=NOWHERE, compare=False)


@quick_state
@dataclass(frozen=True, slots=True)
class VersionSource:
    """Where an application's version is written: a file below its source path, and a JSONPath in it."""

    file: str
    json_path: str


DEFAULT_VERSION_SOURCE = VersionSource("Chart.yaml", "$.appVersion")
"""Source: domain, promotion template."""


@quick_state
@dataclass(frozen=True, slots=True)
class PromotedFile:
    """A file, relative to the source path, and the values a promotion copies; ``*`` alone is the whole file."""

    file: str
    json_paths: tuple[str, ...]
    span: Span = field(default=NOWHERE, compare=False)


@quick_state
@dataclass(frozen=True, slots=True)
class PromotionSpec:
    """What a promotion copies; None where it is left to the next template, in the end to the default.

    Attributes:
        version_source: where the version is written.
        files: what is copied, in the order written; None copies every file below the source path.
    """

    version_source: VersionSource | None = None
    files: tuple[PromotedFile, ...] | None = None


@quick_state
@dataclass(frozen=True, slots=True)
class Template:
    """What a promotion copies, for the applications that ``when`` selects."""

    name: str
    priority: int = 0
    when: Condition = ALWAYS
    promotion: PromotionSpec = PromotionSpec()
    metadata: Metadata = Metadata()
    span: Span = field(default=NOWHERE, compare=False)


@quick_state
@dataclass(frozen=True, slots=True)
class FlowUse:
    """A flow of a product and the commits that start it."""

    flow: str
    when: Condition = ALWAYS
    span: Span = field(default=NOWHERE, compare=False)


@quick_state
@dataclass(frozen=True, slots=True)
class Product:
    """Applications that are promoted together.

    Attributes:
        name: its name.
        flows: in the order they are tried.
        template: the template it names; None when it names none.
        promotion: its inline template, which wins over every other.
        applications: the applications it lists itself, as ``name`` or ``namespace/name``.
        tags: in the order written.
        concurrency: None where it says nothing, which means queue.
        api_version: the manifest version it insists on (``v1beta1``, ``v1beta2``), or None.
        metadata: labels, annotations and the rest.
        span: where it is declared.
    """

    name: str
    flows: tuple[FlowUse, ...] = ()
    template: str | None = None
    promotion: PromotionSpec = PromotionSpec()
    applications: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    concurrency: Concurrency | None = None
    api_version: str | None = None
    metadata: Metadata = Metadata()
    span: Span = field(default=NOWHERE, compare=False)


@quick_state
@dataclass(frozen=True, slots=True)
class Setting:
    """One setting and its value; ``name`` is a name of the registry."""

    name: str
    value: SettingValue
    span: Span = field(default=NOWHERE, compare=False)


@quick_state
@dataclass(frozen=True, slots=True)
class Policy:
    """Settings for every pair of product and environment that ``when`` selects; each setting at most once."""

    name: str
    priority: int = 0
    when: Condition = ALWAYS
    settings: tuple[Setting, ...] = ()
    metadata: Metadata = Metadata()
    span: Span = field(default=NOWHERE, compare=False)


@quick_state
@dataclass(frozen=True, slots=True)
class Hooks:
    """Workflows that run once around a release or a step."""

    start: Workflow | None = None
    success: Workflow | None = None
    failure: Workflow | None = None


@quick_state
@dataclass(frozen=True, slots=True)
class Step:
    """One target environment of a flow.

    Attributes:
        environment: where the change goes.
        after: the environments that must have succeeded, in the order written; at least one.
        settings: inline settings, which win over every policy.
        hooks: around this step.
        span: where it is declared.
    """

    environment: str
    after: tuple[str, ...]
    settings: tuple[Setting, ...] = ()
    hooks: Hooks = Hooks()
    span: Span = field(default=NOWHERE, compare=False)


@quick_state
@dataclass(frozen=True, slots=True)
class Flow:
    """An order of environments.

    Attributes:
        name: its name.
        trigger: the environment a release begins in; a flow never commits there.
        steps: in the order written.
        trigger_settings: settings of the trigger environment (its post-action).
        hooks: around the whole release.
        timeout: seconds until the release is terminated; None means the default of a day.
        metadata: labels, annotations and the rest.
        span: where it is declared.
    """

    name: str
    trigger: str
    steps: tuple[Step, ...] = ()
    trigger_settings: tuple[Setting, ...] = ()
    hooks: Hooks = Hooks()
    timeout: int | None = None
    metadata: Metadata = Metadata()
    span: Span = field(default=NOWHERE, compare=False)

    def step(self, environment: str) -> Step | None:
        """Return the step whose target is an environment."""
        return next((step for step in self.steps if step.environment == environment), None)


DEFAULT_TIMEOUT = 1440 * 60
"""Seconds. Source: domain, promotion flow."""


@quick_state
@dataclass(frozen=True, slots=True)
class Require:
    """An invariant: wherever ``when`` holds, ``that`` must hold."""

    name: str
    that: Condition
    when: Condition = ALWAYS
    title: str = ""
    description: str | None = None
    span: Span = field(default=NOWHERE, compare=False)


@quick_state
@dataclass(frozen=True, slots=True)
class Window:
    """When promotions may begin.

    Attributes:
        name: its name.
        days: ISO weekdays, 1 is Monday; sorted; at least one.
        start: local time it opens.
        end: local time it closes; not later than ``start`` means the next day.
        zone: IANA time zone.
        description: what it is for.
        span: where it is declared.
    """

    name: str
    days: tuple[int, ...]
    start: time
    end: time
    zone: str = "UTC"
    description: str | None = None
    span: Span = field(default=NOWHERE, compare=False)


@quick_state
@dataclass(frozen=True, slots=True)
class Freeze:
    """When promotions may not begin.

    Attributes:
        name: its name.
        start: first moment, local time of ``zone`` without offset.
        end: first moment after it; for a date, the midnight that ends it.
        zone: IANA time zone.
        when: the pairs it holds for.
        description: what it is for.
        span: where it is declared.
    """

    name: str
    start: datetime
    end: datetime
    zone: str = "UTC"
    when: Condition = ALWAYS
    description: str | None = None
    span: Span = field(default=NOWHERE, compare=False)


@quick_state
@dataclass(frozen=True, slots=True)
class Access:
    """What teams may do to the products, environments and flows that ``when`` selects."""

    name: str
    teams: tuple[str, ...]
    allow: tuple[Permission, ...]
    when: Condition = ALWAYS
    description: str | None = None
    span: Span = field(default=NOWHERE, compare=False)


Example: TypeAlias = "Test"
"""A `test` declaration; it is run as it was written."""
