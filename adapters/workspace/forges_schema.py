"""The shape of ``[forges.NAME]`` in `promo.toml`, and what must hold between its keys."""

from __future__ import annotations

import re
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from adapters.forge.configured import ForgeConfiguration, ForgeKind

_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?(?::[1-9][0-9]{0,4})?(?:/[A-Za-z0-9._~-]+)*")
_ALONE = ("localhost", "127.0.0.1", "::1")


def _secret(text: str) -> str:
    from adapters.secrets import parse_reference

    parse_reference(text)
    return text


def _host(text: str) -> str:
    if not _HOST.fullmatch(text):
        raise ValueError(f"`{text}` is not a host such as `github.com` or `git.example.com:8443`, without `https://`")
    host, slash, folder = text.partition("/")
    return host.lower() + slash + folder


def _api(text: str) -> str:
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or re.search(r"[@?#\s]|[^!-~]", text):
        raise ValueError(
            "`api` is not an address such as `https://git.example.com/api/v1`, without credentials or query"
        )
    if parts.scheme == "http" and parts.hostname not in _ALONE:
        raise ValueError("`api` must begin with `https://`: the token would be sent for everybody on the way to read")
    return text.rstrip("/")


def _name(text: str) -> str:
    if not text.strip() or text != text.strip() or not text.isprintable() or "," in text:
        raise ValueError(f"`{text}` is not a name that a forge could know")
    return text


def _file(text: str) -> str:
    if not text.strip() or "\0" in text:
        raise ValueError("`ca` must be the path of a file with certificates")
    return text


Name = Annotated[str, Field(max_length=200), AfterValidator(_name)]
Names = Annotated[list[Name], Field(max_length=50)]


class ForgeTable(BaseModel):
    """One table ``[forges.NAME]``."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    kind: Literal["github", "gitlab", "gitea"]
    host: Annotated[str, AfterValidator(_host)]
    token: Annotated[str, AfterValidator(_secret)]
    api: Annotated[str, AfterValidator(_api)] = ""
    ca: Annotated[str, AfterValidator(_file)] = ""
    merge: Literal["auto", "never"] = "never"
    labels: Names = []
    reviewers: Names = []
    teams: Names = []
    draft: bool = False
    webhook_secret: Annotated[str, Field(alias="webhook-secret"), AfterValidator(_secret)] = ""

    @model_validator(mode="after")
    def _fits_its_kind(self) -> ForgeTable:
        if self.kind == "gitlab" and self.teams:
            raise ValueError("GitLab has no teams of reviewers; name accounts as `reviewers`, or use approval rules")
        if self.merge == "auto" and self.draft:
            raise ValueError('a draft is never merged; choose between `draft = true` and `merge = "auto"`')
        return self

    def configured(self, name: str) -> ForgeConfiguration:
        """Return it as a plain value."""
        return ForgeConfiguration(
            name=name,
            kind=ForgeKind(self.kind),
            host=self.host,
            token=self.token,
            api=self.api,
            ca=self.ca,
            merge=self.merge,
            labels=tuple(self.labels),
            reviewers=tuple(self.reviewers),
            teams=tuple(self.teams),
            draft=self.draft,
            webhook_secret=self.webhook_secret,
        )


def _hosts_differ(forges: dict[str, ForgeTable]) -> dict[str, ForgeTable]:
    seen: dict[str, str] = {}
    for name, forge in forges.items():
        other = seen.setdefault(forge.host, name)
        if other != name:
            raise ValueError(f"the forges `{other}` and `{name}` have the same host `{forge.host}`; keep one of them")
    return forges


Forges = Annotated[
    dict[Annotated[str, Field(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$")], ForgeTable],
    Field(max_length=100),
    AfterValidator(_hosts_differ),
]
