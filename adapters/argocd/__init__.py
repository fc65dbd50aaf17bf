"""Applications of Argo CD: whether a commit has landed, refreshes and syncs, by REST or through Kubernetes."""

from adapters.argocd.applications import ArgoCdApplications as ArgoCdApplications

__all__ = ["ArgoCdApplications"]
