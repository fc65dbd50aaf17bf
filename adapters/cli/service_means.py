"""What the service works with, as the command line puts it together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from adapters.cli.release_ports import ports_of, rules_of, watchers_of
from adapters.cli.surroundings import open_repositories, surroundings_of
from adapters.service.means import Means, MeansError
from adapters.workspace import load

if TYPE_CHECKING:
    from adapters.git import GitRepositories
    from adapters.workflows.watching import Watcher
    from adapters.workspace import Loaded
    from engine.execute.ports import Ports


def means_of(folder: Path) -> Means:
    """Return the means of the service of the workspace in a folder."""
    return Means(
        load=lambda: load(folder, check_json_paths=True),
        repositories=_repositories,
        surroundings=surroundings_of,
        ports=_ports,
        rules=rules_of,
        watchers=_watchers,
        own_merge=_own_merge,
    )


@contextmanager
def _repositories(loaded: Loaded) -> Iterator[GitRepositories]:
    with _refusals(), open_repositories(loaded, {}, fetch=True) as repositories:
        yield repositories


def _own_merge(loaded: Loaded, repositories: GitRepositories, repo_url: str, commit: str) -> bool:
    configured = loaded.configuration.adapters.forges
    if not configured:
        return False
    from adapters.forge.forges import Forges
    from adapters.forge.own_merges import became_of_promotion

    forges = Forges(configured, base=loaded.folder, is_local=repositories.is_local)
    try:
        return became_of_promotion(forges, repositories.open(repo_url), repo_url, commit)
    finally:
        forges.close()


def _ports(loaded: Loaded, repositories: GitRepositories) -> Ports:
    with _refusals():
        return ports_of(loaded, repositories, {})


def _watchers(loaded: Loaded) -> Mapping[str, Watcher]:
    with _refusals():
        return watchers_of(loaded)


@contextmanager
def _refusals() -> Iterator[None]:
    """Turn the end of a command, which has said why on standard error, into an error that a service survives."""
    try:
        yield
    except click.exceptions.Exit as ended:
        raise MeansError("promo.toml names something that cannot be worked with; the log says what") from ended
