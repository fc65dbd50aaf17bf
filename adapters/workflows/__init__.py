"""Promotion workflows in Argo Workflows, by REST or through Kubernetes."""

from adapters.workflows.runs import ArgoWorkflows as ArgoWorkflows
from adapters.workflows.runtimes import RuntimeWorkflows as RuntimeWorkflows

__all__ = ["ArgoWorkflows", "RuntimeWorkflows"]
