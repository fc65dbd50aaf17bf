"""One look at a repository: which commits are new, and what each of them calls for. Blocks; runs in threads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from adapters.git import AddressError, GitRepositories, GitRepository, normalise
from adapters.releases.commits import FoundCommit, read_commit
from adapters.releases.making import make_release, plan_text
from adapters.service.means import Means
from adapters.store.origins import Origin
from adapters.workspace.runtimes import runtimes_of
from engine.execute.release import Release
from engine.execute.snapshot import RuntimeOf
from engine.plan.nodes import BlockerCode, Plan
from engine.plan.planner import plan_flow
from engine.plan.ports import RepositoryError
from engine.plan.request import FlowRequest, Surroundings
from engine.resolve import made_by_promotion

if TYPE_CHECKING:
    from adapters.workspace import Loaded

MOST_MISSED = 10_000
"""How many commits of a branch are caught up with at most."""


@dataclass(frozen=True, slots=True)
class Called:
    """A release that a commit calls for.

    Attributes:
        origin: the commit and the flow, as a key.
        release: ready to be kept; None when the plan is blocked.
        plan: as JSON.
        blocked: why there is no release; empty when there is one.
        passing: whether what blocks it may go away by itself.
    """

    origin: Origin
    release: Release | None
    plan: str
    blocked: str = ""
    passing: bool = False


@dataclass(frozen=True, slots=True)
class Survey:
    """An open look at a repository.

    Attributes:
        heads: where the watched branches stand.
        surroundings: the workspace.
        repository: what is looked at.
        same: whether an address is that repository's.
        runtime_of: which runtime looks after an application of an environment.
        own_merge: whether a commit is what a promotion's pull request became, which not every message says.
    """

    heads: Mapping[str, str]
    surroundings: Surroundings
    repository: GitRepository
    same: Callable[[str], bool]
    runtime_of: RuntimeOf
    own_merge: Callable[[str], bool]

    def missed(self, since: str | None, until: str) -> tuple[str, ...]:
        """Return the commits of a branch after one of them, oldest first.

        A branch that was rewritten over what was seen has the commits that came to it; where what was seen is gone
        altogether, only the newest counts.
        """
        if since is None or since == until:
            return ()
        try:
            self.repository.commit(since)
        except RepositoryError:
            return (until,)
        return self.repository.line(since, until, MOST_MISSED)

    def calls(self, sha: str) -> tuple[Called, ...]:
        """Return the releases that a commit calls for; none for a commit that a promotion made.

        Raises:
            RepositoryError: when the repository cannot be read, or its forge not be asked.
        """
        if made_by_promotion(self.repository.commit(sha).message):
            return ()
        surroundings = replace(self.surroundings, now=datetime.now(UTC))
        found = read_commit(surroundings, self.repository, self.same, sha)
        if any(one.choice.flow for one in found.triggered) and self.own_merge(sha):
            return ()
        return tuple(self._called(surroundings, found))

    def _called(self, surroundings: Surroundings, found: FoundCommit) -> Iterator[Called]:
        for triggered in found.triggered:
            if triggered.choice.flow is None:
                continue
            flow = surroundings.workspace.flows[triggered.choice.flow]
            pinned = {one.application.key: found.sha for one in triggered.touched if one.environment == flow.trigger}
            plan = plan_flow(surroundings, FlowRequest(triggered.product, flow.name, pinned))
            origin = Origin(f"commit:{triggered.product}:{flow.name}:{found.sha}")
            if not plan.applyable:
                yield _blocked(origin, plan)
                continue
            initiator = f"{found.commit.author} <{found.commit.email}>"
            yield Called(origin, make_release(surroundings, plan, initiator, self.runtime_of), plan_text(plan))


def _blocked(origin: Origin, plan: Plan) -> Called:
    lasting = [one for one in plan.all_blockers if one.clears_at is None]
    why = "; ".join(f"{one.code.value} {one.message}" for one in lasting) or "the flow has no steps"
    passing = any(one.code is BlockerCode.REPOSITORY for one in lasting)
    return Called(origin, None, "", why, passing)


@contextmanager
def surveyed(loaded: Loaded, means: Means, url: str, branches: frozenset[str]) -> Iterator[Survey]:
    """Open a repository, brought up to date, for as long as a block lasts.

    Raises:
        RepositoryError: when it cannot be read.
        MeansError: when the workspace's configuration cannot be worked with.
    """
    with means.repositories(loaded) as repositories:
        repository = repositories.refresh(url)
        own = set(repository.branches())
        heads = {}
        for branch in sorted(branches):
            head = repository.resolve(branch) if branch == "HEAD" or branch in own else None
            if head is not None:
                heads[branch] = head
        surroundings = means.surroundings(loaded, repositories, datetime.now(UTC))
        same = _same(repositories, repository, url)
        runtimes = runtimes_of(loaded.configuration, loaded.workspace)

        def own_merge(sha: str) -> bool:
            return means.own_merge(loaded, repositories, url, sha)

        yield Survey(heads, surroundings, repository, same, runtimes, own_merge)


def _same(repositories: GitRepositories, repository: GitRepository, url: str) -> Callable[[str], bool]:
    own = normalise(url)

    def same(other: str) -> bool:
        try:
            if normalise(other) == own:
                return True
            return repositories.is_local(other) and repositories.open(other) is repository
        except (AddressError, RepositoryError):
            return False  # what cannot be read was not touched by this commit

    return same
