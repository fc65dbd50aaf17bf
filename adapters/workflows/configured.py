"""How an Argo Workflows is configured, as plain values that `promo.toml` and its cache can hold."""

from __future__ import annotations

from typing import NamedTuple


class WorkflowsConfiguration(NamedTuple):
    """The table ``[runtimes.NAME.workflows]``.

    Attributes:
        namespace: where workflows run and their templates are.
        url: of Argo's server, with its path; empty where the Kubernetes API is asked.
        token: where the token is, ``env:NAME`` or ``file:PATH``.
        ca: a file of certificates that are believed besides the usual ones; empty for none.
        insecure: whether the server's certificate is not looked at.
        timeout: seconds one call may take.
        context: of the kubeconfig; empty for the current one, or for the cluster this runs in.
        service_account: that workflows run as; empty for what their templates say.
    """

    namespace: str
    url: str = ""
    token: str = ""
    ca: str = ""
    insecure: bool = False
    timeout: int = 30
    context: str = ""
    service_account: str = ""
