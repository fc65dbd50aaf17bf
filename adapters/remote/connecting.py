"""What a connection needs, from what is configured: authorities, tokens, and ways to clusters."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from adapters.secrets import Secret, parse_reference
from engine.execute.errors import TerminalError

if TYPE_CHECKING:
    from lightkube.config.kubeconfig import SingleConfig

    from adapters.remote.server import ApiServer


class ServerConfiguration(Protocol):
    """What the tables of `promo.toml` that name an API server have in common."""

    @property
    def url(self) -> str:
        """Scheme, host and perhaps a path."""

    @property
    def token(self) -> str:
        """Where the token is, ``env:NAME`` or ``file:PATH``."""

    @property
    def ca(self) -> str:
        """A file of certificates that are believed besides the usual ones; empty for none."""

    @property
    def insecure(self) -> bool:
        """Whether the server's certificate is not looked at."""

    @property
    def timeout(self) -> int:
        """Seconds one call may take."""


def api_server(
    configuration: ServerConfiguration, base: Path, environment: Mapping[str, str] | None = None
) -> ApiServer:
    """Return how a server is asked; its token is read again for each call.

    Args:
        configuration: of the server.
        base: the folder that relative paths are taken from.
        environment: variables; None for those of this process.

    Raises:
        TerminalError: when the file of certificates cannot be read.
    """
    from adapters.remote.server import ApiServer

    return ApiServer(
        configuration.url,
        token_of(configuration.token, base, environment),
        trusted(configuration.ca, base, insecure=configuration.insecure),
        float(configuration.timeout),
    )


def trusted(ca: str, base: Path, *, insecure: bool = False) -> ssl.SSLContext:
    """Return which authorities are believed.

    Args:
        ca: a file of certificates that are believed besides the usual ones; empty for none.
        base: the folder that a relative path is taken from.
        insecure: whether no certificate is looked at.

    Raises:
        TerminalError: when the file cannot be read.
    """
    import httpx

    if insecure:
        return httpx.create_ssl_context(verify=False)
    context = httpx.create_ssl_context()
    if ca:
        try:
            context.load_verify_locations(cafile=base / Path(ca).expanduser())
        except (OSError, ssl.SSLError) as failure:
            is_file = isinstance(failure, ssl.SSLError) or not failure.strerror
            reason = "it holds no certificates" if is_file else failure.strerror
            raise TerminalError(f"the certificates in `{ca}` cannot be read: {reason}", "correct `ca`") from failure
    return context


def token_of(reference: str, base: Path, environment: Mapping[str, str] | None = None) -> Callable[[], Secret]:
    """Return what reads a token, again for each call.

    Args:
        reference: ``env:NAME`` or ``file:PATH``.
        base: the folder that a relative path is taken from.
        environment: variables; None for those of this process.
    """
    parsed = parse_reference(reference)
    return lambda: parsed.read(base, environment)


def cluster_of(context: str) -> Callable[[], SingleConfig]:
    """Return what reads how a cluster is reached, again for each call.

    Args:
        context: of the kubeconfig; empty for the current one, or for the cluster this runs in.

    Raises:
        TerminalError: when the library is missing.
    """
    try:
        from lightkube.config.kubeconfig import KubeConfig
        from lightkube.core.exceptions import ConfigError
    except ImportError as missing:
        raise TerminalError(
            "the library `lightkube` is not installed", "install it: pip install 'promo[kubernetes]'"
        ) from missing

    def config() -> SingleConfig:
        chosen = KubeConfig.from_env().get(context_name=context or None)
        if chosen is None:
            raise ConfigError("there is no current context")
        return chosen

    return config
