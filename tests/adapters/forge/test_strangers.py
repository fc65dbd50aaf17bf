"""A 404 that is not the forge's own: a proxy whose server is away, or a Gitea that is too old to have a call."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import pytest

from adapters.forge.forges import Forges, Hosted
from adapters.forge.own_merges import became_of_promotion
from adapters.git import GitRepositories
from adapters.remote.failures import StrangerError
from engine.execute.errors import TerminalError
from engine.execute.ports import Proposed
from tests.adapters.execute_contracts.changes_contract import START, run
from tests.adapters.forge.conftest import ENVIRONMENT, PROJECT, ForgeWorld, settings
from tests.fakes.fault_proxy import Fault, FaultProxy, Kind
from tests.support.changes import promotion

PAGES = {
    "a page": "<!doctype html><title>404</title>",
    "Traefik's": "404 page not found\n",
    "of Kubernetes' ingress": "default backend - 404",
    "nothing": "",
}


def missing(path: str, body: str = "404 page not found\n", **more: object) -> Fault:
    return Fault(Kind.STATUS, "", path, status=404, body=body, **more)  # type: ignore[arg-type]


@contextmanager
def behind(world: ForgeWorld) -> Iterator[tuple[FaultProxy, Hosted]]:
    """Reach the forge of a world through a proxy."""
    with FaultProxy(world.server.url) as proxy:
        forges = Forges([settings(world.server, api=proxy.url)], environment=ENVIRONMENT)
        with closing(forges):
            hosted = forges.of(world.url)
            assert hosted is not None
            yield proxy, hosted


@pytest.mark.parametrize("body", PAGES.values(), ids=PAGES)
def test_a_release_that_ends_behind_a_proxy_that_is_restarted_closes_its_pull_request(
    world: ForgeWorld, body: str
) -> None:
    start = world.commit(START)
    change = promotion(world.url, start, head=start)
    assert isinstance(run(world.make().propose(change)), Proposed)
    with FaultProxy(world.server.url) as proxy:
        changes = world.make(api=proxy.url)
        proxy.faults = [missing("(pulls|merge_requests)", body)]
        with pytest.raises(StrangerError, match="404; something else may have answered") as passing:
            run(changes.withdraw(change, "terminated"))
        assert "`api`" in passing.value.help
        assert world.pull.state == "open"
        run(changes.withdraw(change, "terminated"))
    assert world.pull.state == "closed"
    assert world.head(change.proposed) is None


def test_what_the_forge_itself_does_not_have_is_final(world: ForgeWorld) -> None:
    world.commit(START)
    with behind(world) as (_, hosted), pytest.raises(TerminalError, match="with 404: "):
        hosted.forge.look(PROJECT, 7)


@pytest.mark.parametrize("version", ["1.22.0", "1.24.0+dev-12-gabcdef", "7.0.1+gitea-1.22.0", "v2.0", "", "main"])
def test_a_gitea_that_has_the_calls_is_asked_again(make_world: Callable[[str], ForgeWorld], version: str) -> None:
    with behind(gitea(make_world)) as (proxy, hosted):
        proxy.faults = [missing("/commits/[^/]+/pull$"), says(version)]
        with pytest.raises(StrangerError):
            hosted.forge.merged_as(PROJECT, "0" * 40)


@pytest.mark.parametrize("version", ["1.21.11", "1.9.0", "v1.21", "6.0.0+gitea-1.21.11"])
def test_a_gitea_that_is_too_old_is_told_by_its_version(make_world: Callable[[str], ForgeWorld], version: str) -> None:
    with behind(gitea(make_world)) as (proxy, hosted):
        proxy.faults = [missing("/commits/[^/]+/pull$"), missing("/pulls/main/promo/a$"), says(version)]
        proxy.faults[-1].times = 2
        with pytest.raises(TerminalError, match="cannot be asked for a pull request") as old:
            hosted.forge.merged_as(PROJECT, "0" * 40)
        assert version in old.value.reason
        assert "1.22" in old.value.help
        with pytest.raises(TerminalError, match="cannot be asked for a pull request"):
            hosted.forge.find(PROJECT, "promo/a", "main")


def test_a_gitea_that_is_away_altogether_is_no_old_one(make_world: Callable[[str], ForgeWorld]) -> None:
    with behind(gitea(make_world)) as (proxy, hosted):
        proxy.faults = [missing("", times=None)]
        with pytest.raises(StrangerError):
            hosted.forge.find(PROJECT, "promo/a", "main")


def test_an_old_gitea_holds_up_no_release_of_a_commit(make_world: Callable[[str], ForgeWorld]) -> None:
    world = gitea(make_world)
    sha = world.commit(START)
    with FaultProxy(world.server.url) as proxy:
        proxy.faults = [missing("/commits/[^/]+/pull$"), says("1.21.0")]
        forges = Forges([settings(world.server, api=proxy.url)], environment=ENVIRONMENT)
        looking = world.repo.path.parents[2] / "looking"
        with closing(forges), GitRepositories({}, looking, base=world.repo.path, timeout=30) as opened:
            assert not became_of_promotion(forges, opened.refresh(world.url), world.url, sha)
        assert proxy.did()[Kind.STATUS] == 2


def gitea(make_world: Callable[[str], ForgeWorld]) -> ForgeWorld:
    world = make_world("gitea")
    world.commit(START)
    return world


def says(version: str) -> Fault:
    return Fault(Kind.STATUS, "GET", "/version$", status=200, body=f'{{"version": "{version}"}}')
