"""Puts the way to an Argo CD together from its configuration."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.argocd.applications import ArgoCdApplications
from adapters.argocd.configured import ArgoCdConfiguration
from adapters.argocd.transport import Transport
from adapters.remote.connecting import api_server, cluster_of
from engine.execute.ports import Clock
from engine.plan.ports import DocumentEditor

if TYPE_CHECKING:
    from adapters.argocd.ancestry import FreshRepositories
    from adapters.argocd.kubernetes import KubernetesApi
    from adapters.argocd.rest import RestApi


def argocd_applications(
    servers: Mapping[str, ArgoCdConfiguration],
    base: Path,
    repositories: FreshRepositories,
    editor: DocumentEditor,
    clock: Clock,
) -> ArgoCdApplications:
    """Return the port that watches applications of some Argo CDs; nothing is asked yet.

    Args:
        servers: how each is reached, by the runtime's name.
        base: the folder relative paths are taken from.
        repositories: says what commits have; stays open as long as the port is used.
        editor: compares promoted values.
        clock: tells when something was asked for.

    Raises:
        TerminalError: when a file of certificates cannot be read, or a library is missing.
    """
    from adapters.argocd.ancestry import GitAncestry

    reached = {name: connect(one, base) for name, one in servers.items()}
    return ArgoCdApplications(reached, GitAncestry(repositories, editor), clock)


def connect(configuration: ArgoCdConfiguration, base: Path, environment: Mapping[str, str] | None = None) -> Transport:
    """Return how an Argo CD is asked.

    Args:
        configuration: of the runtime.
        base: the folder relative paths are taken from.
        environment: variables; None for those of this process.

    Raises:
        TerminalError: as `argocd_applications`.
    """
    if configuration.url:
        return rest_api(configuration, base, environment)
    return kubernetes_api(configuration)


def kubernetes_api(configuration: ArgoCdConfiguration) -> KubernetesApi:
    """Return how the applications of a cluster are asked for.

    Raises:
        TerminalError: when the library is missing.
    """
    from adapters.argocd.kubernetes import KubernetesApi

    return KubernetesApi(cluster_of(configuration.context), configuration.namespace, float(configuration.timeout))


def rest_api(configuration: ArgoCdConfiguration, base: Path, environment: Mapping[str, str] | None = None) -> RestApi:
    """Return how the API server of an Argo CD is asked; its token is read again for each call.

    Raises:
        TerminalError: when the file of certificates cannot be read.
    """
    from adapters.argocd.rest import RestApi

    return RestApi(api_server(configuration, base, environment))
