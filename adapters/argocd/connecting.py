"""Puts the way to an Argo CD together from its configuration."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.argocd.applications import ArgoCdApplications
from adapters.argocd.configured import ArgoCdConfiguration
from adapters.argocd.transport import Transport
from adapters.secrets import Secret, parse_reference
from engine.execute.errors import TerminalError
from engine.execute.ports import Clock
from engine.plan.ports import DocumentEditor

if TYPE_CHECKING:
    from lightkube.config.kubeconfig import SingleConfig

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


def connect(configuration: ArgoCdConfiguration, base: Path) -> Transport:
    """Return how an Argo CD is asked.

    Raises:
        TerminalError: as `argocd_applications`.
    """
    return rest_api(configuration, base) if configuration.url else _kubernetes(configuration)


def rest_api(configuration: ArgoCdConfiguration, base: Path, environment: Mapping[str, str] | None = None) -> RestApi:
    """Return how the API server of an Argo CD is asked; its token is read again for each call.

    Raises:
        TerminalError: when the file of certificates cannot be read.
    """
    from adapters.argocd.rest import RestApi

    reference = parse_reference(configuration.token)

    def token() -> Secret:
        return reference.read(base, environment)

    return RestApi(configuration.url, token, trusted(configuration, base), float(configuration.timeout))


def trusted(configuration: ArgoCdConfiguration, base: Path) -> ssl.SSLContext:
    """Return which authorities are believed.

    Raises:
        TerminalError: when their file cannot be read.
    """
    import httpx

    if configuration.insecure:
        return httpx.create_ssl_context(verify=False)
    context = httpx.create_ssl_context()
    if configuration.ca:
        path = base / Path(configuration.ca).expanduser()
        try:
            context.load_verify_locations(cafile=path)
        except (OSError, ssl.SSLError) as failure:
            reason = failure.strerror if isinstance(failure, OSError) and failure.strerror else "no certificates"
            raise TerminalError(
                f"the certificates in `{configuration.ca}` cannot be read: {reason}", "correct `ca`"
            ) from failure
    return context


def _kubernetes(configuration: ArgoCdConfiguration) -> KubernetesApi:
    from adapters.argocd.kubernetes import KubernetesApi

    try:
        from lightkube.config.kubeconfig import KubeConfig
        from lightkube.core.exceptions import ConfigError
    except ImportError as missing:
        raise TerminalError(
            "the library `lightkube` is not installed", "install it: pip install 'promo[kubernetes]'"
        ) from missing

    def config() -> SingleConfig:
        chosen = KubeConfig.from_env().get(context_name=configuration.context or None)
        if chosen is None:
            raise ConfigError("there is no current context")
        return chosen

    return KubernetesApi(config, configuration.namespace, float(configuration.timeout))
