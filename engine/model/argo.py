"""What a promotion needs to know of Argo CD applications and Argo workflow templates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from grammar.quick_state import quick_state
from grammar.span import NOWHERE, Span

IN_CLUSTER_SERVER = "https://kubernetes.default.svc"
"""The address Argo CD gives its own cluster, whose name is ``in-cluster``."""

PRODUCT_KEY = "codefresh.io/product"
"""The annotation (older: label) that puts an application into a product."""


@quick_state
@dataclass(frozen=True, slots=True)
class Source:
    """Where an application's manifests are.

    Attributes:
        repo_url: the repository, as written.
        path: the folder, without leading or trailing ``/``; empty for the root.
        target_revision: branch, tag or commit; ``HEAD`` where none is given.
        chart: the Helm chart, for a source that is a chart repository and not Git.
        ref: the name other sources refer to it by.
    """

    repo_url: str
    path: str = ""
    target_revision: str = "HEAD"
    chart: str | None = None
    ref: str | None = None


@quick_state
@dataclass(frozen=True, slots=True)
class Hydrator:
    """A source hydrator: dry manifests in one place, rendered ones in another.

    Attributes:
        dry: where the dry manifests are, which is what a promotion would edit.
        sync_branch: the branch rendered manifests are synced from.
        sync_path: the folder in it.
        hydrate_to: the branch rendered manifests are staged on; None when they go to ``sync_branch``.
    """

    dry: Source
    sync_branch: str
    sync_path: str
    hydrate_to: str | None = None


@quick_state
@dataclass(frozen=True, slots=True)
class Application:
    """An Argo CD application.

    Attributes:
        name: its name.
        namespace: of the Application object; empty where none is given.
        project: its Argo CD project.
        server: destination cluster address, or None when it is given by name.
        cluster: destination cluster name, or None when it is given by address.
        target_namespace: destination namespace.
        sources: one, several, or none when there is only a hydrator.
        hydrator: its source hydrator, or None.
        labels: by key.
        annotations: by key.
        auto_sync: whether Argo CD syncs it by itself.
        span: where it is declared.
    """

    name: str
    namespace: str = ""
    project: str = "default"
    server: str | None = None
    cluster: str | None = None
    target_namespace: str = ""
    sources: tuple[Source, ...] = ()
    hydrator: Hydrator | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    auto_sync: bool = False
    span: Span = field(default=NOWHERE, compare=False)

    @property
    def key(self) -> str:
        """Return ``namespace/name``, or the name where no namespace is given."""
        return f"{self.namespace}/{self.name}" if self.namespace else self.name

    @property
    def product(self) -> str | None:
        """Return the product it says it belongs to. Source: domain, application."""
        return self.annotations.get(PRODUCT_KEY) or self.labels.get(PRODUCT_KEY)

    @property
    def cluster_names(self) -> frozenset[str]:
        """Return every name its destination cluster goes by."""
        names = {name for name in (self.server, self.cluster) if name}
        if names & {IN_CLUSTER_SERVER, "in-cluster"}:
            names |= {IN_CLUSTER_SERVER, "in-cluster"}
        return frozenset(names)


@quick_state
@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter a workflow template declares."""

    name: str
    has_value: bool = False


@quick_state
@dataclass(frozen=True, slots=True)
class WorkflowTemplate:
    """An Argo workflow template.

    Attributes:
        name: its name.
        namespace: empty where none is given.
        parameters: declared under ``spec.arguments``, in order.
        promotion: whether it is marked as a promotion workflow.
        old_mark: whether the mark is the older label rather than the annotation.
        exports: names of the global output parameters it can export, sorted.
        cluster_scoped: whether it is a ClusterWorkflowTemplate.
        span: where it is declared.
    """

    name: str
    namespace: str = ""
    parameters: tuple[Parameter, ...] = ()
    promotion: bool = False
    old_mark: bool = False
    exports: tuple[str, ...] = ()
    cluster_scoped: bool = False
    span: Span = field(default=NOWHERE, compare=False)
