"""What a look at an application comes to, and what the rules that decide it share."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from adapters.argocd.ancestry import Ancestry
from adapters.argocd.memory import Memory, to_text
from adapters.argocd.seen import ApplicationSeen, OperationSeen
from adapters.remote.said import said
from engine.execute.ports import Life, Observation, Watch

SOON = 5.0
"""Seconds after which a request to the server is worth a look."""

LATER = 30.0
"""Seconds between looks at what only people move on."""

_FIRST_REFRESH, _REFRESH_AT_MOST = 30.0, 300.0
_SYNC_AGAIN = 60.0


class Request(Enum):
    """What the server is asked to do."""

    REFRESH = "normal"
    HARD_REFRESH = "hard"
    SYNC = "sync"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a look came to.

    Attributes:
        life: how the application stands with respect to the commit.
        message: why, for people.
        request: what the server is to be asked; None for nothing.
        memory: to be remembered, once the request was made.
        look_after: seconds until the next look; None for the default.
        live: the commit of the application's branch that is live; empty where that is not known.
    """

    life: Life
    message: str
    memory: Memory
    request: Request | None = None
    look_after: float | None = None
    live: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """Everything a rule may look at.

    Attributes:
        seen: the application.
        watch: what is to be seen of it; its commit is never None here.
        memory: of the last look.
        ancestry: asks Git.
        now: the present moment.
        index: of the source that is watched.
        commit: the commit that is waited for.
    """

    seen: ApplicationSeen
    watch: Watch
    memory: Memory
    ancestry: Ancestry
    now: datetime
    index: int
    commit: str

    @property
    def live(self) -> str:
        """The commit of the watched source that was compared last; empty where none was."""
        revisions = self.seen.revisions
        return revisions[self.index] if self.index < len(revisions) else ""

    @property
    def kept(self) -> Memory:
        """The memory with the health that is seen now."""
        return replace(self.memory, health=self.seen.health or self.memory.health)

    @property
    def attempt(self) -> int:
        """How often the step was begun, from the key ``release/environment/application/role/attempt``."""
        last = self.watch.key.rpartition("/")[2]
        return int(last) if last.isdecimal() else 1

    def revision_of(self, operation: OperationSeen) -> str:
        """Return what an operation synced the watched source to; empty where that is not known."""
        revisions = operation.revisions
        return revisions[self.index] if self.index < len(revisions) else ""

    def wait(self, message: str, *, memory: Memory | None = None, look_after: float | None = None) -> Verdict:
        """Return that it has to be waited."""
        return Verdict(Life.WAITING, message, memory or self.kept, None, look_after)

    def failed(self, message: str) -> Verdict:
        """Return that the application will not get there."""
        return Verdict(Life.FAILED, message, self.kept)

    def refresh(self, message: str, *, hard: bool = False, memory: Memory | None = None) -> Verdict:
        """Return that it is waited for a comparison, which is asked for unless one was asked for lately."""
        kept = memory or self.kept
        if self.seen.refreshing:
            return Verdict(Life.WAITING, f"{message}; a refresh is under way", kept, None, SOON)
        if kept.refreshed_at is not None:
            pause = min(_FIRST_REFRESH * 2 ** min(kept.refreshes - 1, 10), _REFRESH_AT_MOST)
            since = (self.now - kept.refreshed_at).total_seconds()
            if 0 <= since < pause:
                return Verdict(Life.WAITING, message, kept, None, min(pause - since, LATER))
        asked = replace(kept, refreshed_at=self.now, refreshes=kept.refreshes + 1)
        request = Request.HARD_REFRESH if hard else Request.REFRESH
        return Verdict(Life.WAITING, message, asked, request, SOON)

    def sync(self, message: str) -> Verdict:
        """Return that a sync of ours is needed, which is asked for unless one was asked for lately."""
        asked = self.memory.synced_at
        if asked is not None and 0 <= (self.now - asked).total_seconds() < _SYNC_AGAIN:
            return self.wait(f"{message}; it was asked for", look_after=SOON)
        return Verdict(Life.WAITING, message, replace(self.kept, synced_at=self.now), Request.SYNC, SOON)


def observation(verdict: Verdict, seen: ApplicationSeen) -> Observation:
    """Return a verdict as the port says it; see `engine.execute.ports.Observation`."""
    healthy = seen.health == "Healthy"
    return Observation(
        life=verdict.life,
        healthy=healthy,
        message=said(verdict.message),
        healthy_since=seen.health_since if healthy else None,
        look_after=verdict.look_after,
        memory=to_text(verdict.memory) if verdict.life is Life.WAITING else "",
        commit=verdict.live,
    )
