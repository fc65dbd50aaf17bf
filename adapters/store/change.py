"""What a save writes: the difference of two states of a release, as rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import NamedTuple

from adapters.store.rows import Values, approval_row, environment_row, event_row, release_row, step_row
from engine.execute.release import Event, Release
from engine.execute.status import ReleaseStatus
from engine.execute.store import Claim, Rest
from engine.model.entities import Concurrency

RELEASE_VALUES = (
    "status",
    "started_at",
    "deadline",
    "finished_at",
    "message",
    "ended_by",
    "context",
    "reported",
    "report_at",
)
"""What of a release's row a save writes."""

ENVIRONMENT_VALUES = ("status", "started_at", "finished_at", "healthy_since", "message")
"""What of an environment's row a save writes."""

STEP_VALUES = (
    "status",
    "attempt",
    "started_at",
    "finished_at",
    "look_at",
    "looked_at",
    "tries",
    "message",
    "outputs",
)
"""What of a step's row a save writes."""


class Move(NamedTuple):
    """What a change means to other releases of the product."""

    queues: bool
    begins: bool
    ends: bool
    leaves: bool


class Change(NamedTuple):
    """What a save writes.

    Attributes:
        release: the release's own values.
        environments: changed ones, with their position as ``place``.
        steps: changed ones, with their position as ``place``.
        approvals: all of them, in order; None when they are as before.
        events: in order.
        taken: numbers of the requests that are taken up.
    """

    release: Values
    environments: list[Values]
    steps: list[Values]
    approvals: list[Values] | None
    events: list[Values]
    taken: list[int]


@dataclass(frozen=True, slots=True)
class Save:
    """A save, ready to be written any number of times: what was written once is not written again.

    Attributes:
        release: the release's identifier.
        product: the product's name.
        epoch: of the claim.
        owner: of the claim.
        seen: the claim's ``wake``.
        change: what is written.
        move: what that means to other releases.
        rest: how the claim is given back; None when it is kept.
        digest: tells it from the save before it.
    """

    release: str
    product: str
    epoch: int
    owner: str
    seen: int
    change: Change
    move: Move
    rest: Rest | None
    digest: str

    @property
    def pause(self) -> int | None:
        """Microseconds until the release is due by itself; None when it never is."""
        return None if self.rest is None or self.rest.seconds is None else int(self.rest.seconds * 1_000_000)


def save_of(
    claim: Claim,
    before: Release,
    after: Release,
    events: Sequence[Event],
    taken: Sequence[int],
    rest: Rest | None = None,
) -> Save:
    """Return what a save writes; see `engine.execute.store.ClaimedReleases.save`.

    Raises:
        ValueError: when the two states do not have the same steps and environments, or a moment has no offset.
    """
    if before.steps.keys() != after.steps.keys() or before.environments.keys() != after.environments.keys():
        raise ValueError("a release never gets or loses steps or environments")
    change = Change(
        release_row(after),
        [
            environment_row(state) | {"place": place}
            for place, (old, state) in enumerate(
                zip(before.environments.values(), after.environments.values(), strict=True)
            )
            if state is not old and state != old
        ],
        [
            step_row(step) | {"place": place}
            for place, (old, step) in enumerate(zip(before.steps.values(), after.steps.values(), strict=True))
            if step is not old and step != old
        ],
        None
        if after.approvals == before.approvals
        else [approval_row(place, approval) for place, approval in enumerate(after.approvals)],
        [event_row(event) for event in events],
        list(taken),
    )
    return Save(
        after.id,
        after.spec.product,
        claim.epoch,
        claim.owner,
        claim.wake,
        change,
        _move(before, after),
        rest,
        blake2b(repr((change, claim.epoch, rest)).encode(), digest_size=12).hexdigest(),
    )


def _move(before: Release, after: Release) -> Move:
    was, now = before.status, after.status
    ended = now.is_final and not was.is_final
    if after.spec.concurrency is not Concurrency.QUEUE:
        return Move(False, False, False, ended or _leaves_environment(before, after))
    # A release that fails as soon as it begins may be saved once for both.
    ran_through = was is ReleaseStatus.QUEUED and now in (ReleaseStatus.SUCCEEDED, ReleaseStatus.FAILED)
    return Move(
        queues=now is ReleaseStatus.QUEUED and was is not now,
        begins=(now.is_active and not was.is_active) or ran_through,
        ends=ended,
        leaves=False,
    )


def _leaves_environment(before: Release, after: Release) -> bool:
    return any(
        state.status.is_final and not before.environments[name].status.is_final
        for name, state in after.environments.items()
        if state is not before.environments[name]
    )
