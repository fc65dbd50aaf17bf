"""What a release needs of the place it is kept in, as a protocol that `adapters.store` implements.

A release is changed only by the holder of its claim, and every write says which claim it belongs to: a holder whose
claim was taken over is fenced off. Everybody else leaves requests, which the holder takes up.
Source: execution, several machines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Protocol

from engine.execute.release import Event, Release

QUEUE_LIMIT = 50
"""How many releases of a product may wait; the oldest gives way. Source: domain, concurrency."""


class Wish(Enum):
    """What somebody can ask of a release."""

    APPROVE = "approve"
    TERMINATE = "terminate"
    RETRY = "retry"


@dataclass(frozen=True, slots=True)
class Request:
    """Something that is asked of a release and not yet taken up.

    Attributes:
        id: its number in the store; 0 before it is there.
        wish: what is asked.
        actor: who asks; access was checked before.
        at: when.
        environment: for an approval, where; empty otherwise.
        teams: the teams the actor was in.
        reason: why, as the actor said it.
    """

    id: int
    wish: Wish
    actor: str
    at: datetime
    environment: str = ""
    teams: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to change a release, until somebody else has it.

    Attributes:
        release: as it stood when it was claimed.
        owner: who holds it.
        epoch: grows with every claim; a write with an older one is refused.
        wake: grows with every event; a release is not put to sleep over an event that came after this number.
        asked: whether something was asked of it when it was claimed. Where nothing was, nobody has to look: what is
            asked later counts up `wake`, so that the release is due again as soon as it is given back.
    """

    release: Release
    owner: str
    epoch: int
    wake: int
    asked: bool = True


@dataclass(frozen=True, slots=True)
class Rest:
    """How a claim is given back.

    Attributes:
        seconds: until the release is due by itself, by the store's clock, so that a worker whose clock is wrong puts
            nothing to sleep for long; None when it never is.
    """

    seconds: float | None


class Standing(Enum):
    """Whether a release may begin in an environment where others of its product may be."""

    CLEAR = "clear"
    WAIT = "wait"
    OUTDATED = "outdated"


class FencedError(Exception):
    """The claim is somebody else's now: stop, and call nobody any more."""


class ProductBusyError(Exception):
    """The release cannot begin yet: another one of its product is active, or was there first."""


class StoreUnavailableError(Exception):
    """The store cannot be reached for now; nothing was written, and the same call may succeed later."""


class ClaimedReleases(Protocol):
    """What the holder of a claim can do. Every method may raise `StoreUnavailableError`."""

    async def save(
        self,
        claim: Claim,
        before: Release,
        after: Release,
        events: Sequence[Event],
        taken: Sequence[int],
        rest: Rest | None = None,
    ) -> None:
        """Write what changed between two states, with its events, in one transaction.

        Args:
            claim: under which it is written.
            before: as it is in the store.
            after: as it shall be. When it is final and ``before`` was not, the next release of the product's queue
                is woken.
            events: what is added to the audit trail, in order.
            taken: numbers of the requests that this takes up; they are not seen again.
            rest: how the claim is given back in the same transaction, as by `sleep`; None when it is kept.

        Raises:
            FencedError: when the claim is not valid any more.
            ProductBusyError: when ``before`` is queued and ``after`` is not, and it is not its turn; nothing is
                written.
        """

    async def requests(self, claim: Claim) -> tuple[Request, ...]:
        """Return what is asked of the release and not taken up, oldest first."""

    async def supersede(self, claim: Claim, environment: str) -> Standing:
        """Take an environment over from older releases of the product, which are asked to terminate.

        Returns:
            ``clear`` once no older one is active there, and from then on; ``outdated`` when a newer one has been
            there.

        Raises:
            FencedError: when the claim is not valid any more.
        """

    async def sleep(self, claim: Claim, seconds: float | None) -> None:
        """Give the claim back; the release is due again after so many seconds, or when something happens.

        The seconds are told by the store's clock, so that a worker whose clock is wrong puts nothing to sleep for long.

        An event that came after the claim makes it due at once. None never is due by itself. Does nothing when the
        claim is not valid any more.
        """
