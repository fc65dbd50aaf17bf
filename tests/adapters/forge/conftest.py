from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from adapters.forge.changes import ForgeChanges
from adapters.forge.configured import ForgeConfiguration, ForgeKind
from adapters.forge.forges import Forges
from adapters.git import GitRepositories
from adapters.git.changes import Committing, Patience
from adapters.yaml import SpliceEditor
from tests.adapters.git.changes.conftest import PROMO, GitWorld
from tests.fakes.forge_server import TOKEN, ForgeServer, serve
from tests.fakes.forge_state import SOMEBODY, FakePull, ForgeState
from tests.support.changes import TickingClock
from tests.support.gitdaemon import GitDaemon
from tests.support.gitrepo import GitRepo

KINDS = ("github", "gitlab", "gitea")
PROJECT = "shop/storefront"
ENVIRONMENT = {"FORGE_TOKEN": TOKEN}


class ForgeWorld(GitWorld):
    """A repository on a forge, and everybody who works in it."""

    def __init__(self, repo: GitRepo, url: str, server: ForgeServer, make: Callable[..., ForgeChanges]) -> None:
        super().__init__(repo, url, make)  # type: ignore[arg-type]
        self.server = server
        self.state = server.state
        self.make = make

    @property
    def pull(self) -> FakePull:
        """The only pull request there is."""
        (pull,) = self.state.pulls
        return pull

    def merge(self, branch: str, how: str) -> str:
        if how == "fast-forward":
            return super().merge(branch, how)
        self.state.refresh()
        (pull,) = [pull for pull in self.state.pulls if pull.head == branch]
        return self.state.merge(pull, how, "", f"{how} of a pull request", by=SOMEBODY)


def settings(server: ForgeServer, **wanted: object) -> ForgeConfiguration:
    """Return the configuration of a fake."""
    plain = ForgeConfiguration("fake", ForgeKind(server.kind), "127.0.0.1", "env:FORGE_TOKEN", api=server.url)
    return plain._replace(**wanted)  # type: ignore[arg-type]


@pytest.fixture
def make_world(tmp_path: Path) -> Iterator[Callable[[str], ForgeWorld]]:
    """Make worlds on a kind of forge; nothing but the disk and the forge outlives a port."""
    with ExitStack() as stack:
        (tmp_path / "served").mkdir()
        daemon = stack.enter_context(GitDaemon(tmp_path / "served", writable=True))
        clock = TickingClock()

        def make(kind: str) -> ForgeWorld:
            repo = GitRepo(tmp_path / "served" / PROJECT, bare=True)
            server = stack.enter_context(serve(ForgeServer(kind, ForgeState(repo, PROJECT))))

            def changes(**wanted: object) -> ForgeChanges:
                repositories = stack.enter_context(GitRepositories({}, tmp_path / "cache", base=tmp_path, timeout=30))
                forges = Forges([settings(server, **wanted)], base=tmp_path, environment=ENVIRONMENT)
                stack.callback(forges.close)
                by = Committing(PROMO, None, sign_as_git=False)
                patience = Patience(sleep=lambda seconds: None)
                return ForgeChanges(forges, repositories, SpliceEditor(), clock, by, patience=patience)

            return ForgeWorld(repo, daemon.url(PROJECT), server, changes)

        yield make


@pytest.fixture(params=KINDS)
def world(request: pytest.FixtureRequest, make_world: Callable[[str], ForgeWorld]) -> ForgeWorld:
    """A repository on every kind of forge."""
    return make_world(request.param)
