"""A squash without trailers is known as a promotion's by its pull request, on three forges."""

from __future__ import annotations

import logging

import pytest

from adapters.forge.forges import Forges
from adapters.forge.own_merges import became_of_promotion
from adapters.git import GitRepositories
from engine.execute.ports import Proposed
from engine.plan.ports import RepositoryError
from engine.resolve import made_by_promotion
from tests.adapters.execute_contracts.changes_contract import START, run
from tests.adapters.forge.conftest import ENVIRONMENT, ForgeWorld, settings
from tests.fakes.forge_server import Fault
from tests.fakes.forge_state import SOMEBODY
from tests.support.changes import promotion


def is_own(world: ForgeWorld, sha: str) -> bool:
    forges = Forges([settings(world.server)], environment=ENVIRONMENT)
    try:
        with GitRepositories({}, world.repo.path.parents[2] / "looking", base=world.repo.path, timeout=30) as opened:
            return became_of_promotion(forges, opened.refresh(world.url), world.url, sha)
    finally:
        forges.close()


def squashed(world: ForgeWorld, *, keeps_branch: bool = True) -> str:
    """Propose a promotion and squash it to its title, as GitLab does unless it is told otherwise."""
    start = world.commit(START)
    assert isinstance(run(world.make().propose(promotion(world.url, start, head=start))), Proposed)
    return merged(world, keeps_branch=keeps_branch)


def merged(world: ForgeWorld, *, keeps_branch: bool = True) -> str:
    world.state.refresh()
    sha = world.state.merge(world.pull, "squash", "", world.pull.title, by=SOMEBODY)
    if not keeps_branch:
        world.remove(world.pull.head)
    assert not made_by_promotion(world.repo.git("log", "-1", "--format=%B", sha))
    return sha


@pytest.mark.parametrize("keeps_branch", [True, False])
def test_a_squash_of_the_title_alone_is_a_promotions(world: ForgeWorld, keeps_branch: bool) -> None:
    sha = squashed(world, keeps_branch=keeps_branch)
    asked = len(world.server.exchanges)
    assert is_own(world, sha)
    assert len(world.server.exchanges) - asked == 1


def test_commits_of_people_are_not(world: ForgeWorld) -> None:
    squashed(world)
    assert not is_own(world, world.commit({"dev/values.yaml": "tag: 3\n"}, message="feat: next"))
    assert not is_own(world, world.pull.sha)  # on the branch, and never on the target
    world.pull.body = "somebody wrote this anew"
    assert not is_own(world, world.pull.merged)


def test_what_somebody_added_to_the_branch_is_theirs(world: ForgeWorld) -> None:
    start = world.commit(START)
    assert isinstance(run(world.make().propose(promotion(world.url, start, head=start))), Proposed)
    world.commit({"other.txt": "theirs\n"}, branch=world.pull.head)
    assert not is_own(world, merged(world))


def test_a_forge_that_is_busy_is_asked_again_and_one_that_refuses_holds_nothing_up(
    world: ForgeWorld, caplog: pytest.LogCaptureFixture
) -> None:
    sha = squashed(world)
    world.server.faults.append(Fault("GET", "commits", 503))
    with pytest.raises(RepositoryError, match="cannot be asked about"):
        is_own(world, sha)
    world.server.faults.append(Fault("GET", "commits", 403, message="no rights"))
    with caplog.at_level(logging.WARNING):
        assert not is_own(world, sha)
    assert "does not tell what became of" in caplog.text
