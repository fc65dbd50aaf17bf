"""The forges that `promo.toml` names: reachable, with a token that they know and that may do what is needed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from adapters.doctor.check import Result, failed, ok, skipped, warning
from adapters.doctor.checks.clock import told
from adapters.doctor.situation import Situation
from adapters.git.address import LocalAddress
from engine.execute.errors import AdapterError

if TYPE_CHECKING:
    from adapters.forge.configured import ForgeConfiguration
    from adapters.forge.port import Examined, Forge

_FEW = 100
_MOST = 20
"""Repositories that are asked about."""

_WRITE = {
    "github": "give the account write access; a fine-grained token needs Contents, Pull requests and Commit statuses",
    "gitlab": "make the account a developer of the project, a maintainer where its branches are protected",
    "gitea": "make the account a collaborator with write access; the token needs `write:repository` and `write:issue`",
}
"""What to do where a token may not write, by the kind of the forge."""

_SCOPES = {"github": ("repo",), "gitlab": ("api",), "gitea": ()}
"""Scopes that suffice, where the forge tells a token's; a fine-grained token of GitHub has none and is told no less."""


class ReachableForges:
    """Every forge answers, knows the token, has requests left, lets it write, and its clock agrees."""

    name = "forges"

    def run(self, situation: Situation) -> Iterator[Result]:
        """Yield results for every forge, in order of declaration: the token, the clock, each repository."""
        configured = () if situation.loaded is None else situation.loaded.configuration.adapters.forges
        if not configured:
            yield skipped("none is configured", "`[forges.NAME]` in promo.toml, for pull requests and statuses")
            return
        for forge in configured:
            yield from self._examined(forge, situation)

    def _examined(self, settings: ForgeConfiguration, situation: Situation) -> Iterator[Result]:
        from adapters.forge.forges import forge_of
        from adapters.secrets import SecretError, parse_reference

        base = situation.workspace_folder
        assert base is not None  # a forge is configured in a workspace
        shown = f"{settings.name} ({settings.host})"
        try:
            parse_reference(settings.token).read(base, situation.environment)
        except SecretError as missing:
            yield failed(f"{shown}: {missing}", missing.help)
            return
        if not situation.connections:
            yield skipped(f"{shown}: not asked", "`promo doctor --connections` asks the servers")
            return
        forge, client = forge_of(settings, base, situation.environment, situation.timeout)
        try:
            seen = forge.examine()
            yield _told(shown, settings, seen)
            yield from told(settings.host, seen.date)
            yield from _rights(shown, settings, situation, forge)
        except AdapterError as wrong:
            yield failed(f"{shown}: {wrong.reason}", wrong.help or "correct `host`, `api` or `token`")
        finally:
            client.close()


def _rights(shown: str, settings: ForgeConfiguration, situation: Situation, forge: Forge) -> Iterator[Result]:
    """Look whether the token may write to the repositories that applications have on a forge."""
    projects = _projects(settings, situation)
    allowed = 0
    for project in projects[:_MOST]:
        try:
            may = forge.may_write(project)
        except AdapterError as wrong:
            yield failed(f"{shown}: `{project}`: {wrong.reason}", wrong.help or _WRITE[settings.kind])
            continue
        if may is None:
            yield skipped(f"{shown}: whether the token may write to `{project}` is not told", _WRITE[settings.kind])
        elif not may:
            yield failed(f"{shown}: the token may not write to `{project}`", _WRITE[settings.kind])
        else:
            allowed += 1
    if allowed:
        many = "repository" if len(projects) == 1 else "repositories"
        yield ok(f"{shown}: the token may write to {allowed} of {len(projects)} {many} of the workspace")
    if len(projects) > _MOST:
        yield skipped(f"{shown}: {len(projects) - _MOST} more repositories were not asked about")


def _projects(settings: ForgeConfiguration, situation: Situation) -> list[str]:
    """Return the repositories that a workspace has on a forge; those that are read from checkouts are not there."""
    from adapters.forge.forges import Forges

    assert situation.loaded is not None
    configured = situation.loaded.configuration.adapters.forges
    forges = Forges(configured, base=situation.workspace_folder, environment=situation.environment)
    found: dict[str, None] = {}
    try:
        for key, address in situation.repositories.items():
            if isinstance(address, LocalAddress) or key in situation.checkouts:
                continue
            hosted = forges.of(address.shown)
            if hosted is not None and hosted.settings.name == settings.name:
                found[hosted.project] = None
    finally:
        forges.close()
    return list(found)


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
