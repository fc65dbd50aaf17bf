"""Which kinds are read, in which versions, and what is near enough to one of them to be a mistake."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

PROMOTION_GROUP = "codefresh.io"
PRE_RELEASE_GROUP = "csdp.codefresh.io"
ENVIRONMENT_GROUP = "promo.io"
ARGO_GROUP = "argoproj.io"


class Role(Enum):
    """What a manifest becomes."""

    DECLARATION = "a declaration, as if it were written in a `.promo` file"
    APPLICATION = "an Argo CD application"
    WORKFLOW = "an Argo workflow template"


@dataclass(frozen=True, slots=True)
class KnownKind:
    """A kind that is read.

    Attributes:
        name: its `kind`.
        group: its API group.
        versions: the versions that are read, oldest first.
        role: what it becomes.
        everyday: whether other groups are likely to use the same word, so that it says nothing alone.
    """

    name: str
    group: str
    versions: tuple[str, ...]
    role: Role
    everyday: bool = False

    @property
    def api_versions(self) -> tuple[str, ...]:
        """Return what `apiVersion` may be, oldest first."""
        return tuple(f"{self.group}/{version}" for version in self.versions)


KINDS: dict[str, KnownKind] = {
    known.name: known
    for known in (
        KnownKind("Product", PROMOTION_GROUP, ("v1beta1", "v1beta2"), Role.DECLARATION, everyday=True),
        KnownKind("PromotionFlow", PROMOTION_GROUP, ("v1beta1",), Role.DECLARATION),
        KnownKind("PromotionPolicy", PROMOTION_GROUP, ("v1beta1",), Role.DECLARATION),
        KnownKind("PromotionTemplate", PROMOTION_GROUP, ("v1beta1",), Role.DECLARATION),
        KnownKind("Environment", ENVIRONMENT_GROUP, ("v1alpha1",), Role.DECLARATION, everyday=True),
        KnownKind("Application", ARGO_GROUP, ("v1alpha1",), Role.APPLICATION, everyday=True),
        KnownKind("WorkflowTemplate", ARGO_GROUP, ("v1alpha1",), Role.WORKFLOW, everyday=True),
        KnownKind("ClusterWorkflowTemplate", ARGO_GROUP, ("v1alpha1",), Role.WORKFLOW),
    )
}
"""Every kind that is read, by name."""

GROUPS = frozenset(known.group for known in KINDS.values())

OTHER_KINDS = frozenset(
    {
        "PromotionTask",
        "GitSource",
        "RestrictedGitSource",
        "ApplicationSet",
        "AppProject",
        "Workflow",
        "CronWorkflow",
        "WorkflowEventBinding",
        "WorkflowTaskSet",
        "WorkflowTaskResult",
        "WorkflowArtifactGCTask",
        "Rollout",
        "Experiment",
        "AnalysisRun",
        "AnalysisTemplate",
        "ClusterAnalysisTemplate",
        "EventBus",
        "EventSource",
        "Sensor",
    }
)
"""Kinds of the same groups that are somebody else's business; they are counted and passed over."""
