"""Repositories that applications name."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from adapters.doctor.check import Result, failed, ok, skipped
from adapters.doctor.situation import Situation
from adapters.git import redact
from adapters.git.address import AddressError, LocalAddress, RemoteAddress, parse_address
from adapters.git.failure import GitError, explain
from adapters.git.location import locate
from adapters.git.mirror import Mirrors
from engine.plan.ports import RepositoryError

_NOWHERE = Path("/")
_AT_ONCE = 8
"""Servers asked at the same time."""


class ReachableRepositories:
    """Every repository of an application can be read: from a checkout, from this machine, or from its server."""

    name = "repositories"

    def run(self, situation: Situation) -> Iterator[Result]:
        """Yield a result for every repository, in order of declaration; servers are asked for their branches only."""
        if situation.loaded is None:
            yield skipped("there is no workspace whose sources could be read")
            return
        if not situation.repository_urls:
            yield skipped("no application names one")
            return
        yield from _malformed(situation)
        unasked: list[str] = []
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            waiting = [
                (address, pool.submit(_examined, situation, key, address))
                for key, address in situation.repositories.items()
            ]
            for address, answer in waiting:
                result = answer.result()
                if result is None:
                    unasked.append(_shown(address))
                else:
                    yield result
        if unasked:
            yield skipped(f"{_listed(unasked)}: not asked", "`promo doctor --connections` asks the servers")


def _malformed(situation: Situation) -> Iterator[Result]:
    for url in situation.repository_urls:
        try:
            parse_address(url)
        except AddressError as wrong:
            yield failed(f"{redact(url)}: {wrong}", "correct `repoURL` of the applications that name it")


def _examined(situation: Situation, key: str, address: RemoteAddress | LocalAddress) -> Result | None:
    """Return a result; None for a server that is not to be asked."""
    shown = _shown(address)
    if key in situation.checkouts:
        return ok(f"{shown}: read from its checkout")
    try:
        if isinstance(address, LocalAddress):
            base = situation.workspace_folder or Path()
            locate(situation.git, base / address.path, shown)
            return ok(f"{shown}: read from this machine")
        if not situation.connections:
            return None
        git = Mirrors(situation.git, _NOWHERE, fetch=True).reader(address)
        answer = git.run(_NOWHERE, "ls-remote", "--quiet", "--end-of-options", address.shown, "refs/heads/*")
    except RepositoryError as wrong:
        return failed(f"{shown}: {wrong.reason}", wrong.help or "correct `repoURL`, or name a checkout")
    except GitError as failure:
        reason, remedy = explain(failure)
        return failed(f"{shown}: {reason}", remedy or "name a local clone under `[checkouts]` in promo.toml")
    branches = answer.count(b"\n")
    return ok(f"{shown}: reachable, {branches:,} branch{'es' if branches != 1 else ''}")


def _shown(address: RemoteAddress | LocalAddress) -> str:
    return address.shown if isinstance(address, RemoteAddress) else address.path


def _listed(names: list[str]) -> str:
    few = ", ".join(names[:3])
    return f"{few} and {len(names) - 3} more" if len(names) > 3 else few
