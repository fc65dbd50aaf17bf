"""Who calls: a token in, a person with teams out."""

from __future__ import annotations

import hashlib
import hmac
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from adapters.secrets import SecretError, parse_reference
from adapters.workspace import Configuration

_log = logging.getLogger("promo.service")

LONGEST = 4096
"""Characters a token may have."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody with a valid token.

    Attributes:
        token: what the token is called.
        person: who it is.
        teams: the teams the person is in, sorted.
    """

    token: str
    person: str
    teams: tuple[str, ...]


class Callers:
    """Everybody who may call, known by the hash of a token alone."""

    def __init__(self, configuration: Configuration, base: Path, variables: Mapping[str, str] | None = None) -> None:
        """Read where tokens are kept elsewhere; one that cannot be read is said, and lets nobody in.

        Args:
            configuration: of the workspace.
            base: the folder that relative paths are taken from.
            variables: of the environment; None for those of this process.
        """
        self._known: list[tuple[bytes, Caller]] = []
        for token in configuration.service.tokens:
            digest = bytes.fromhex(token.sha256)
            if token.reference:
                try:
                    digest = _digest(parse_reference(token.reference).read(base, variables).reveal())
                except SecretError as problem:
                    _log.error("the token `%s` lets nobody in: %s; %s", token.name, problem, problem.help)
                    continue
            said = {team for team, members in configuration.teams.items() if token.person in members}
            caller = Caller(token.name, token.person, tuple(sorted(said | set(token.teams))))
            self._known.append((digest, caller))

    def __len__(self) -> int:
        """Return how many tokens are valid."""
        return len(self._known)

    def who(self, header: str) -> Caller | None:
        """Return who an ``Authorization`` header is from; None when it holds no valid token.

        Every token is compared, and hashes of them, so that the time it takes says nothing about any.
        """
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer" or not 0 < len(token) <= LONGEST:
            return None
        given, found = _digest(token.strip()), None
        for digest, caller in self._known:
            if hmac.compare_digest(digest, given):
                found = caller
        return found


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
