"""Who may call `promo serve`, as plain values."""

from __future__ import annotations

from typing import NamedTuple


class TokenConfiguration(NamedTuple):
    """One table ``[service.tokens.NAME]``.

    Attributes:
        name: what the token is called; shown, unlike the token.
        sha256: the SHA-256 of the token in hexadecimal digits; empty where ``reference`` says where the token is.
        reference: where the token is, as `adapters.secrets.parse_reference` reads it.
        person: who calls with it.
        teams: teams of that person, besides those that ``[teams]`` says.
    """

    name: str
    sha256: str
    reference: str
    person: str
    teams: tuple[str, ...] = ()


class ServiceConfiguration(NamedTuple):
    """The table ``[service]`` without its address.

    Attributes:
        tokens: who may call.
        argocd: where the token of Argo CD's notifications is; empty where none are taken.
    """

    tokens: tuple[TokenConfiguration, ...] = ()
    argocd: str = ""


DEFAULT_SERVICE = ServiceConfiguration()
