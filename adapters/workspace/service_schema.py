"""The shape of ``[service]`` in `promo.toml`: where the service is, and who may call it."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from adapters.workspace.service_configuration import ServiceConfiguration, TokenConfiguration


def _person(text: str) -> str:
    if not text.strip() or text != text.strip() or any(ord(character) < 32 for character in text):
        raise ValueError(f"`{text}` is not how somebody is called, such as an address")
    return text


def _web_address(text: str) -> str:
    if not re.fullmatch(r"https?://[^\s/@]+(?:/[^\s?#]*)?", text):
        # It may hold a password, and is not repeated.
        raise ValueError("`url` is not an address such as `https://promo.example.com`, without credentials or query")
    return text


def _secret(text: str) -> str:
    from adapters.secrets import parse_reference

    parse_reference(text)
    return text


def _digest(text: str) -> str:
    # The text is not repeated: it may be the token itself.
    if not re.fullmatch(r"[0-9a-f]{64}", text):
        raise ValueError("a `token-sha256` is 64 digits of 0-9 and a-f, as `sha256sum` prints them")
    return text


Secret = Annotated[str, AfterValidator(_secret)]
Person = Annotated[str, AfterValidator(_person)]
"""How somebody is called."""


class _Table(BaseModel):
    """A table that knows all of its keys and converts nothing."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class TokenTable(_Table):
    """One ``[service.tokens.NAME]``."""

    token: Secret | None = None
    token_sha256: Annotated[Annotated[str, AfterValidator(_digest)] | None, Field(alias="token-sha256")] = None
    person: Annotated[Person, Field(max_length=200)]
    teams: Annotated[list[Annotated[str, Field(min_length=1, max_length=100)]], Field(max_length=1000)] = []

    @model_validator(mode="after")
    def _one(self) -> TokenTable:
        if (self.token is None) == (self.token_sha256 is None):
            raise ValueError("a token of the service has either `token-sha256` or `token`")
        return self


class WebhooksTable(_Table):
    """The table ``[service.webhooks]``."""

    argocd: Secret | None = None


class ServiceTable(_Table):
    """The table ``[service]``."""

    url: Annotated[str, AfterValidator(_web_address)] | None = None
    tokens: Annotated[
        dict[Annotated[str, Field(min_length=1, max_length=100)], TokenTable], Field(max_length=1000)
    ] = {}
    webhooks: WebhooksTable = WebhooksTable()

    def configured(self) -> ServiceConfiguration:
        """Return it as plain values."""
        tokens = (
            TokenConfiguration(name, token.token_sha256 or "", token.token or "", token.person, tuple(token.teams))
            for name, token in self.tokens.items()
        )
        return ServiceConfiguration(tuple(tokens), self.webhooks.argocd or "")
