"""Keys of Argo's kinds that are one slip away from a key that is read."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.manifests.node import Kind, members
from adapters.manifests.place import Place, shortened
from grammar.diagnostics import Diagnostic, error
from grammar.suggest import distance

_METADATA = (
    "name", "namespace", "labels", "annotations", "generateName", "finalizers", "ownerReferences", "uid",
    "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds",
    "managedFields", "selfLink",
)  # fmt: skip
_SOURCE = (
    "repoURL", "path", "targetRevision", "chart", "ref", "name", "helm", "kustomize", "directory", "plugin",
    "tagPrefix",
)  # fmt: skip

_APPLICATION: dict[tuple[str, ...], tuple[str, ...]] = {
    (): ("apiVersion", "kind", "metadata", "spec", "status", "operation"),
    ("metadata",): _METADATA,
    ("spec",): (
        "destination", "ignoreDifferences", "info", "project", "revisionHistoryLimit", "source", "sourceHydrator",
        "sources", "syncPolicy",
    ),
    ("spec", "destination"): ("name", "namespace", "server"),
    ("spec", "source"): _SOURCE,
    ("spec", "sources", "*"): _SOURCE,
    ("spec", "sourceHydrator"): ("drySource", "syncSource", "hydrateTo"),
    ("spec", "sourceHydrator", "drySource"): _SOURCE,
    ("spec", "sourceHydrator", "syncSource"): ("path", "targetBranch", "repoURL"),
    ("spec", "sourceHydrator", "hydrateTo"): ("targetBranch",),
    ("spec", "syncPolicy"): ("automated", "managedNamespaceMetadata", "retry", "syncOptions"),
    ("spec", "syncPolicy", "automated"): ("allowEmpty", "enabled", "prune", "selfHeal"),
}  # fmt: skip
_PARAMETER = ("name", "value", "default", "valueFrom", "description", "enum", "globalName")
_WORKFLOW: dict[tuple[str, ...], tuple[str, ...]] = {
    (): ("apiVersion", "kind", "metadata", "spec", "status"),
    ("metadata",): _METADATA,
    ("spec",): (
        "arguments", "templates", "workflowTemplateRef", "templateDefaults", "entrypoint", "onExit",
        "serviceAccountName", "hooks", "metrics", "shutdown", "suspend", "tolerations", "volumes", "affinity",
    ),
    ("spec", "arguments"): ("parameters", "artifacts"),
    ("spec", "arguments", "parameters", "*"): _PARAMETER,
}  # fmt: skip
"""The keys that are known at each place; those Argo has beyond them resemble none of these."""


def slips(root: Place, *, workflow: bool) -> Iterator[Diagnostic]:
    """Yield an error for every key that is nearly, but not quite, a known one.

    Args:
        root: an Application, a WorkflowTemplate or a ClusterWorkflowTemplate.
        workflow: whether it is one of the latter two.
    """
    for path, known in (_WORKFLOW if workflow else _APPLICATION).items():
        for owner in _places(root, path):
            for name, (key, _) in members(owner.node).items():
                meant = _meant(name, known)
                if meant is not None:
                    place = Place(key, root.source)
                    message = f"`{shortened(name)}` is not a field here"
                    yield error("Y005", message, place.span, help=f"did you mean `{meant}`?")


def _places(root: Place, path: tuple[str, ...]) -> list[Place]:
    found = [root]
    for step in path:
        if step == "*":
            found = [item for place in found if place.node.kind is Kind.SEQUENCE for item in place.items()]
        else:
            found = [inside for place in found if (inside := place.get(step)) is not None]
    return found


def _meant(name: str, known: tuple[str, ...]) -> str | None:
    if name in known or len(name) > 40:
        return None
    return next((word for word in known if len(word) > 2 and distance(name.lower(), word.lower(), 1) <= 1), None)
