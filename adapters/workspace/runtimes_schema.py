"""The shape of ``[runtimes.NAME]`` in `promo.toml`, and what must hold between its keys."""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from adapters.argocd.configured import DEFAULT_NAMESPACE, ArgoCdConfiguration
from adapters.workflows.configured import WorkflowsConfiguration
from adapters.workspace.configuration import RuntimeConfiguration
from grammar.lexical import duration_seconds

_DURATION = re.compile(r"(?=[0-9])(?:[0-9]{1,4}m)?(?:[0-9]{1,5}s)?")
_ALONE = ("localhost", "127.0.0.1", "::1")


def _secret(text: str) -> str:
    from adapters.secrets import parse_reference

    parse_reference(text)
    return text


def _address(text: str) -> str:
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or re.search(r"[@?#\s]|[^!-~]", text):
        raise ValueError("`url` is not an address such as `https://argocd.example.com`, without credentials or query")
    if parts.scheme == "http" and parts.hostname not in _ALONE:
        raise ValueError("`url` must begin with `https://`: the token would be sent for everybody on the way to read")
    return text.rstrip("/")


def _file(text: str) -> str:
    if not text.strip() or "\0" in text:
        raise ValueError("`ca` must be the path of a file with certificates")
    return text


def _timeout(text: str) -> str:
    if not _DURATION.fullmatch(text) or not 0 < duration_seconds(text) <= 600:
        raise ValueError(f"`{text}` is not a duration between `1s` and `10m`")
    return text


def _name(text: str) -> str:
    if not text.strip() or text != text.strip() or len(text) > 253:
        raise ValueError(f"`{text}` is not a name")
    return text


def _namespace(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", text):
        raise ValueError(f"`{text}` is not the name of a namespace")
    return text


Names = Annotated[list[Annotated[str, AfterValidator(_name)]], Field(min_length=1, max_length=10_000)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class KubernetesTable(_Table):
    """The inline table ``kubernetes`` of an Argo CD."""

    context: Annotated[str, AfterValidator(_name)] = ""
    namespace: Annotated[str, AfterValidator(_name)] = DEFAULT_NAMESPACE


class ArgoCdTable(_Table):
    """One table ``[runtimes.NAME.argocd]``."""

    url: Annotated[str, AfterValidator(_address)] = ""
    token: Annotated[str, AfterValidator(_secret)] = ""
    ca: Annotated[str, AfterValidator(_file)] = ""
    insecure: bool = False
    timeout: Annotated[str, AfterValidator(_timeout)] = "30s"
    kubernetes: KubernetesTable | None = None

    @model_validator(mode="after")
    def _one_way(self) -> ArgoCdTable:
        if bool(self.url) == (self.kubernetes is not None):
            raise ValueError("an Argo CD is reached by `url` and `token`, or by `kubernetes`: say one of them")
        if self.url and not self.token:
            raise ValueError("`url` needs a `token`: say `env:NAME` or `file:PATH`, where it is")
        if self.kubernetes is not None and (self.token or self.ca or self.insecure):
            raise ValueError("`token`, `ca` and `insecure` belong to `url`; a kubeconfig has its own")
        if self.insecure and self.ca:
            raise ValueError("`insecure` looks at no certificate, so that `ca` would mean nothing; keep one of them")
        return self

    def configured(self) -> ArgoCdConfiguration:
        """Return it as a plain value."""
        kubernetes = self.kubernetes or KubernetesTable()
        return ArgoCdConfiguration(
            url=self.url,
            token=self.token,
            ca=self.ca,
            insecure=self.insecure,
            timeout=duration_seconds(self.timeout),
            context=kubernetes.context,
            namespace=kubernetes.namespace,
        )


class ClusterTable(_Table):
    """The inline table ``kubernetes`` of an Argo Workflows."""

    context: Annotated[str, AfterValidator(_name)] = ""


class WorkflowsServerTable(_Table):
    """One table ``[runtimes.NAME.workflows]``."""

    namespace: Annotated[str, AfterValidator(_namespace)]
    url: Annotated[str, AfterValidator(_address)] = ""
    token: Annotated[str, AfterValidator(_secret)] = ""
    ca: Annotated[str, AfterValidator(_file)] = ""
    insecure: bool = False
    timeout: Annotated[str, AfterValidator(_timeout)] = "30s"
    kubernetes: ClusterTable | None = None
    service_account: Annotated[str, AfterValidator(_name), Field(alias="service-account")] = ""

    @model_validator(mode="after")
    def _one_way(self) -> WorkflowsServerTable:
        if bool(self.url) == (self.kubernetes is not None):
            raise ValueError("an Argo Workflows is reached by `url` and `token`, or by `kubernetes`: say one of them")
        if self.url and not self.token:
            raise ValueError("`url` needs a `token`: say `env:NAME` or `file:PATH`, where it is")
        if self.kubernetes is not None and (self.token or self.ca or self.insecure):
            raise ValueError("`token`, `ca` and `insecure` belong to `url`; a kubeconfig has its own")
        if self.insecure and self.ca:
            raise ValueError("`insecure` looks at no certificate, so that `ca` would mean nothing; keep one of them")
        return self

    def configured(self) -> WorkflowsConfiguration:
        """Return it as a plain value."""
        return WorkflowsConfiguration(
            namespace=self.namespace,
            url=self.url,
            token=self.token,
            ca=self.ca,
            insecure=self.insecure,
            timeout=duration_seconds(self.timeout),
            context=self.kubernetes.context if self.kubernetes else "",
            service_account=self.service_account,
        )


class RuntimeTable(_Table):
    """One table ``[runtimes.NAME]``."""

    environments: Names | None = None
    clusters: Names | None = None
    control: bool = False
    argocd: ArgoCdTable | None = None
    workflows: WorkflowsServerTable | None = None

    def configured(self, name: str) -> RuntimeConfiguration:
        """Return it as a plain value."""
        return RuntimeConfiguration(
            name=name,
            environments=tuple(self.environments or ()),
            clusters=tuple(self.clusters or ()),
            control=self.control,
            argocd=self.argocd.configured() if self.argocd else None,
            workflows=self.workflows.configured() if self.workflows else None,
        )


def _divided(runtimes: dict[str, RuntimeTable]) -> dict[str, RuntimeTable]:
    """Check that every environment can be in one runtime only, and that it is certain where hooks run."""
    if len(runtimes) < 2:
        return runtimes
    everything = [name for name, one in runtimes.items() if not one.environments and not one.clusters]
    if everything:
        raise ValueError(f"the runtime `{everything[0]}` says neither `environments` nor `clusters`, and is not alone")
    for field, word in (("environments", "environment"), ("clusters", "cluster")):
        seen: dict[str, str] = {}
        for name, one in runtimes.items():
            for value in getattr(one, field) or ():
                other = seen.setdefault(value, name)
                if other != name:
                    raise ValueError(f"the runtimes `{other}` and `{name}` both claim the {word} `{value}`")
    control = [name for name, one in runtimes.items() if one.control]
    if len(control) != 1:
        said = f"`{control[0]}` and `{control[1]}` both say" if control else "none of the runtimes says"
        raise ValueError(f"{said} `control = true`; hooks of releases run in one of them")
    return runtimes


Runtimes = Annotated[
    dict[Annotated[str, Field(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$")], RuntimeTable],
    Field(max_length=1000),
    AfterValidator(_divided),
]

TABLES: dict[tuple[str, ...], type[BaseModel]] = {
    (): RuntimeTable,
    ("argocd",): ArgoCdTable,
    ("argocd", "kubernetes"): KubernetesTable,
    ("workflows",): WorkflowsServerTable,
    ("workflows", "kubernetes"): ClusterTable,
}
"""The tables below ``[runtimes.NAME]``, by their names there."""
