"""The forges that `promo.toml` names: reachable, with a token that they know and that may do what is needed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from adapters.doctor.check import Result, failed, ok, skipped, warning
from adapters.doctor.situation import Situation
from engine.execute.errors import AdapterError

if TYPE_CHECKING:
    from adapters.forge.configured import ForgeConfiguration
    from adapters.forge.port import Examined

_FEW = 100
_SCOPES = {"github": ("repo",), "gitlab": ("api",), "gitea": ()}
"""Scopes that suffice, where the forge tells a token's; a fine-grained token of GitHub has none and is told no less."""


class ReachableForges:
    """Every forge answers, knows the token, and has requests left."""

    name = "forges"

    def run(self, situation: Situation) -> Iterator[Result]:
        """Yield a result for every forge, in order of declaration."""
        configured = () if situation.loaded is None else situation.loaded.configuration.adapters.forges
        if not configured:
            yield skipped("none is configured", "`[forges.NAME]` in promo.toml, for pull requests and statuses")
            return
        for forge in configured:
            yield self._examined(forge, situation)

    def _examined(self, settings: ForgeConfiguration, situation: Situation) -> Result:
        from adapters.forge.forges import forge_of
        from adapters.secrets import SecretError, parse_reference

        base = situation.workspace_folder
        assert base is not None  # a forge is configured in a workspace
        shown = f"{settings.name} ({settings.host})"
        try:
            parse_reference(settings.token).read(base, situation.environment)
        except SecretError as missing:
            return failed(f"{shown}: {missing}", missing.help)
        if not situation.connections:
            return skipped(f"{shown}: not asked", "`promo doctor --connections` asks the servers")
        forge, client = forge_of(settings, base, situation.environment, situation.timeout)
        try:
            return _told(shown, settings, forge.examine())
        except AdapterError as wrong:
            return failed(f"{shown}: {wrong.reason}", wrong.help or "correct `host`, `api` or `token`")
        finally:
            client.close()


def _told(shown: str, settings: ForgeConfiguration, seen: Examined) -> Result:
    version = f", version {seen.version}" if seen.version else ""
    found = f"{shown}: the token is {seen.account or 'known'}'s{version}"
    needed = _SCOPES[settings.kind.value]
    lacking = [scope for scope in needed if seen.scopes and scope not in seen.scopes]
    if lacking:
        return failed(f"{found}, without the scope {', '.join(lacking)}", "make a token that has it")
    if seen.remaining is not None and seen.remaining < _FEW:
        return warning(f"{found}, {seen.remaining} requests left", "wait, or use a token that nothing else uses")
    left = "" if seen.remaining is None else f", {seen.remaining:,} requests left"
    return ok(found + left)
