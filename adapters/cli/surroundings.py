"""Puts together what a dry run reads: the workspace, the repositories, the editor, the moment."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from adapters.cli.decision_words import place
from adapters.cli.output import fail
from engine.plan.nodes import InputDigest
from engine.plan.request import Surroundings
from engine.resolve import ApplicationMap, Resolver
from grammar.cache_folder import cache_folder

if TYPE_CHECKING:
    from adapters.git import GitRepositories
    from adapters.workspace import Loaded


def parse_checkouts(values: tuple[str, ...]) -> dict[str, Path]:
    """Read ``URL=PATH`` options; the last ``=`` separates, because a URL may hold one.

    Paths are taken from the current folder, and returned so that they mean the same from any other.
    """
    from adapters.git.address import redact

    checkouts: dict[str, Path] = {}
    for value in values:
        url, separator, path = value.rpartition("=")
        if not separator or not url or not path:
            fail(
                f"`--checkout {redact(value)}` is not of the form URL=PATH",
                "e.g. --checkout https://git.example.com/a.git=../a",
            )
        folder = Path(path)
        if not folder.is_dir():
            fail(f"--checkout {redact(url)}: there is no folder `{path}`")
        checkouts[url] = folder.absolute()
    return checkouts


def parse_moment(text: str | None) -> datetime:
    """Read ``--at``: ISO 8601; without an offset it is UTC. Without a text it is now."""
    if text is None:
        return datetime.now(UTC).replace(microsecond=0)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        fail(f"`--at {text}` is not a date and time", "write e.g. --at 2026-12-24T10:00+01:00")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def find_zone(name: str) -> tzinfo:
    """Return a time zone by its IANA name; the workspace's checks have made sure that it exists."""
    return ZoneInfo(name)


@contextmanager
def open_repositories(loaded: Loaded, checkouts: Mapping[str, Path], *, fetch: bool) -> Iterator[GitRepositories]:
    """Open the repositories of a workspace: checkouts of the command line win over those of `promo.toml`."""
    from adapters.git import GitRepositories
    from engine.plan.ports import RepositoryError

    configuration = loaded.configuration
    cache = cache_folder()
    try:
        opened = GitRepositories(
            checkouts={url: Path(path) for url, path in configuration.checkouts.items()},
            over=checkouts,
            cache_dir=(cache or loaded.folder / ".promo" / "cache") / "git",
            fetch=fetch and configuration.git.fetch,
            base=loaded.folder,
            timeout=configuration.git.timeout,
        )
    except RepositoryError as wrong:
        fail(str(wrong), wrong.help)
    with opened as repositories:
        yield repositories


def surroundings_of(loaded: Loaded, repositories: GitRepositories, now: datetime) -> Surroundings:
    """Return everything a dry run reads."""
    from adapters.yaml import SpliceEditor

    return Surroundings(
        workspace=loaded.workspace,
        resolver=Resolver(loaded.workspace),
        applications=ApplicationMap(loaded.workspace),
        repositories=repositories,
        editor=SpliceEditor(),
        now=now,
        zone=find_zone,
        place=lambda span: place(span, loaded.sources),
        inputs=tuple(
            InputDigest("file", name, hashlib.sha256(loaded.sources[name].text.encode()).hexdigest())
            for name in sorted(loaded.sources)
        ),
    )
