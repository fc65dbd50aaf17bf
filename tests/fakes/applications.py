"""Applications that follow their branches after a while, and are as healthy as the test says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.execute.ports import Clock, Life, Observation, Watch
from tests.fakes.faults import Journal, Port
from tests.support.memory_repositories import MemoryRepositories


@dataclass(slots=True)
class Condition:
    """How an application is.

    Attributes:
        ill: what is wrong with it; empty while it is healthy.
        healthy_since: since when it is healthy; None where nobody knows.
        tells_since: whether it says since when it is healthy.
        breaks: why the next changes make it ill for good; empty for they do not.
        times: how many changes do that.
        never_lands: whether it never gets to what is asked for.
    """

    ill: str = ""
    healthy_since: datetime | None = None
    tells_since: bool = True
    breaks: str = ""
    times: int = 0
    never_lands: bool = False


class FakeApplications(Port):
    """Watches applications in memory.

    Attributes:
        sync_takes: seconds from a commit to its being live.
    """

    def __init__(self, journal: Journal, clock: Clock, repositories: MemoryRepositories) -> None:
        super().__init__(journal, clock)
        self.sync_takes = 10.0
        self._repositories = repositories
        self._conditions: dict[str, Condition] = {}
        self._broken: set[str] = set()

    def condition(self, application: str) -> Condition:
        """Return how an application is, to be changed; by its key."""
        return self._conditions.setdefault(application, Condition())

    def fall_ill(self, application: str, reason: str = "Degraded: the pods crash") -> None:
        """Let an application be unhealthy from now on."""
        self.condition(application).ill = reason

    def recover(self, application: str) -> None:
        """Let an application be healthy from now on."""
        condition = self.condition(application)
        condition.ill, condition.healthy_since = "", self.clock.now()

    async def observe(self, watch: Watch) -> Observation:
        """Say how an application stands."""
        return await self.journal.through("observe", watch.key, lambda: self._observe(watch))

    def _observe(self, watch: Watch) -> Observation:
        condition = self.condition(watch.target.key)
        if self._breaks(watch, condition):
            return Observation(Life.FAILED, False, condition.breaks or condition.ill)
        live = self._live(watch)
        healthy = not condition.ill
        since = condition.healthy_since if healthy and condition.tells_since else None
        if not live or condition.never_lands:
            return Observation(Life.WAITING, healthy, "OutOfSync: waits for the sync", since, memory="asked")
        if not healthy:
            return Observation(Life.WAITING, False, condition.ill, memory="asked")
        return Observation(Life.LANDED, True, "Synced and Healthy", since, commit=live)

    def _breaks(self, watch: Watch, condition: Condition) -> bool:
        """Say whether a change has made an application ill, which it does once for each attempt."""
        if watch.key in self._broken:
            return True
        if watch.passive or not watch.key.split("/")[-2] == "health" or condition.times <= 0:
            return False
        condition.times -= 1
        self._broken.add(watch.key)
        return True

    def _live(self, watch: Watch) -> str:
        """Return the commit that is live, if it has what is waited for; otherwise nothing."""
        target = watch.target
        repository = self._repositories.open(target.repo_url)
        head = repository.resolve(target.branch) or ""
        if watch.commit is None:
            return head
        if self.clock.now() < watch.since + timedelta(seconds=self.sync_takes):
            return ""
        return head if target.branch in repository.branches_with(watch.commit) else ""
