"""Checkouts that `promo.toml` names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from adapters.doctor.check import Result, failed, ok, skipped, warning
from adapters.doctor.diagnosed import place
from adapters.doctor.situation import Situation
from adapters.git import discover, normalise, redact
from adapters.git.address import AddressError
from adapters.git.location import locate
from engine.plan.ports import RepositoryError

_REMEDY = "clone it there, or correct `[checkouts]` in promo.toml"


class Checkouts:
    """Every folder that stands for a repository exists, is a repository, and is one of that address."""

    name = "checkouts"

    def run(self, situation: Situation) -> Iterator[Result]:
        """Yield a result for every checkout."""
        if situation.loaded is None:
            yield skipped("there is no workspace whose configuration could be read")
        elif not situation.checkouts:
            yield skipped("promo.toml names none: repositories are fetched into the cache")
        for url, folder in situation.checkouts.values():
            yield _examined(situation, redact(url), folder)


def _examined(situation: Situation, url: str, folder: Path) -> Result:
    try:
        locate(situation.git, folder, url)
        remote = discover(folder).remote
    except RepositoryError as wrong:
        return failed(f"{url}: {wrong.reason}", wrong.help or _REMEDY)
    where = f"{url} at `{place(folder)}`"
    if remote is None:
        return ok(where)
    try:
        same = normalise(remote) == normalise(url)
    except AddressError:
        same = False
    if same:
        return ok(where)
    return warning(
        f"{where}, whose remote is {redact(remote)}",
        "look whether this is the right clone; nothing is wrong where the other address is a mirror of the same one",
    )
