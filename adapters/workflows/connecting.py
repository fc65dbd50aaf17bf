"""Puts the ways to some Argo Workflows together from their configuration."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.remote.connecting import api_server, cluster_of
from adapters.workflows.configured import WorkflowsConfiguration
from adapters.workflows.runs import ArgoWorkflows
from adapters.workflows.runtimes import RuntimeWorkflows
from adapters.workflows.transport import Transport
from adapters.workflows.watching import Watcher

if TYPE_CHECKING:
    from adapters.workflows.kubernetes import KubernetesApi
    from adapters.workflows.rest import RestApi


def argo_workflows(
    servers: Mapping[str, WorkflowsConfiguration],
    control: str,
    base: Path,
    environment: Mapping[str, str] | None = None,
) -> RuntimeWorkflows:
    """Return the port that runs each workflow in its runtime; nothing is asked yet.

    Args:
        servers: how each is reached, by the runtime's name.
        control: the runtime of hooks; empty for the only one there is.
        base: the folder relative paths are taken from.
        environment: variables; None for those of this process.

    Raises:
        TerminalError: when a file of certificates cannot be read, or a library is missing.
    """
    made = {
        name: ArgoWorkflows(connect(one, base, environment), one.namespace, service_account=one.service_account)
        for name, one in servers.items()
    }
    return RuntimeWorkflows(made, control)


def watchers(
    servers: Mapping[str, WorkflowsConfiguration], base: Path, environment: Mapping[str, str] | None = None
) -> dict[str, Watcher]:
    """Return what follows the workflows of each server, for a process that stays; errors as `argo_workflows`."""
    return {name: Watcher(connect(one, base, environment)) for name, one in servers.items()}


def connect(
    configuration: WorkflowsConfiguration, base: Path, environment: Mapping[str, str] | None = None
) -> Transport:
    """Return how an Argo Workflows is asked; errors as `argo_workflows`."""
    if configuration.url:
        return rest_api(configuration, base, environment)
    return kubernetes_api(configuration)


def kubernetes_api(configuration: WorkflowsConfiguration) -> KubernetesApi:
    """Return how the workflows of a cluster are asked for.

    Raises:
        TerminalError: when the library is missing.
    """
    from adapters.workflows.kubernetes import KubernetesApi

    return KubernetesApi(cluster_of(configuration.context), configuration.namespace, float(configuration.timeout))


def rest_api(
    configuration: WorkflowsConfiguration, base: Path, environment: Mapping[str, str] | None = None
) -> RestApi:
    """Return how Argo's server is asked; its token is read again for each call.

    Raises:
        TerminalError: when the file of certificates cannot be read.
    """
    from adapters.workflows.rest import RestApi

    return RestApi(api_server(configuration, base, environment), configuration.namespace)
