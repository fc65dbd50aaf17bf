"""How an Argo CD is configured, as plain values that `promo.toml` and its cache can hold."""

from __future__ import annotations

from typing import NamedTuple

DEFAULT_NAMESPACE = "argocd"
"""Where Argo CD keeps its applications unless it is said otherwise."""


class ArgoCdConfiguration(NamedTuple):
    """The table ``[runtimes.NAME.argocd]``.

    Attributes:
        url: of the API server, with its root path; empty where the Kubernetes API is asked.
        token: where the token is, ``env:NAME`` or ``file:PATH``.
        ca: a file of certificates that are believed besides the usual ones; empty for none.
        insecure: whether the server's certificate is not looked at.
        timeout: seconds one call may take.
        context: of the kubeconfig; empty for the current one, or for the cluster this runs in.
        namespace: where Argo CD's applications are, for the Kubernetes API.
    """

    url: str = ""
    token: str = ""
    ca: str = ""
    insecure: bool = False
    timeout: int = 30
    context: str = ""
    namespace: str = DEFAULT_NAMESPACE
