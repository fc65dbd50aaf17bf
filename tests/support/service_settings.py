"""The part of `promo.toml` that is about the service: where it is, and who may call it."""

from __future__ import annotations

import hashlib
import json
from typing import NamedTuple


class Caller(NamedTuple):
    """Somebody who may call the API.

    Attributes:
        name: before the `@` of the person too.
        token: the line that says which token is theirs.
        teams: they are in, beside those of `[teams]`.
    """

    name: str
    token: str
    teams: tuple[str, ...] = ()


def by_digest(token: str) -> str:
    """Return the line of a token of which the configuration has the digest only."""
    return f'token-sha256 = "{hashlib.sha256(token.encode()).hexdigest()}"'


def by_variable(name: str) -> str:
    """Return the line of a token that is in a variable."""
    return f'token = "env:{name}"'


def service_settings(argocd: str, *callers: Caller) -> str:
    """Return the tables below `[service]`.

    Args:
        argocd: the variable with the token of Argo CD's webhook.
        callers: who may call the API.
    """
    text = f'[service]\nurl = "https://promo.example.com"\n\n[service.webhooks]\nargocd = "env:{argocd}"\n'
    for one in callers:
        text += f'\n[service.tokens.{one.name}]\n{one.token}\nperson = "{one.name}@example.com"\n'
        text += f"teams = {json.dumps(one.teams)}\n" if one.teams else ""
    return f"{text}\n"
