"""What people ask of a release: whether it makes sense, and what access rules are asked about."""

from __future__ import annotations

from adapters.releases.names import declared_name
from adapters.releases.refusal import RefusedError
from engine.execute.access import Deed
from engine.execute.release import Release
from engine.execute.status import EnvironmentStatus, ReleaseStatus
from engine.execute.store import Wish
from engine.model.entities import Permission

_PERMISSIONS = {
    Wish.APPROVE: Permission.APPROVE,
    Wish.RETRY: Permission.RETRY,
    Wish.TERMINATE: Permission.TERMINATE,
}


def deed_of(release: Release, wish: Wish, environment: str | None) -> Deed:
    """Return what access rules are asked about: one environment for an approval, otherwise all it goes to."""
    targets = tuple(one.name for one in release.spec.environments if not one.is_trigger)
    where = targets if environment is None else (environment,)
    return Deed(_PERMISSIONS[wish], release.spec.product, where, release.spec.flow)


def sensible(release: Release, wish: Wish, environment: str | None) -> str | None:
    """Return the environment of an approval, None for other wishes.

    Raises:
        RefusedError: when it cannot be meant.
    """
    status = release.status
    match wish:
        case Wish.RETRY:
            if status is not ReleaseStatus.FAILED:
                raise RefusedError(f"release {release.id} is {status.value}; only one that failed can be retried")
            return None
        case Wish.TERMINATE:
            if status.is_final or status is ReleaseStatus.TERMINATING:
                raise RefusedError(f"release {release.id} is {status.value} already")
            return None
        case Wish.APPROVE:
            if status.is_final:
                raise RefusedError(f"release {release.id} is {status.value} already")
            return _to_approve(release, environment)


def _to_approve(release: Release, environment: str | None) -> str:
    asking = [one.name for one in release.spec.environments if one.gates.approvals]
    if environment is not None:
        declared_name("environment", environment, list(release.environments))
        if environment not in asking:
            raise RefusedError(f"`{environment}` asks for no approvals")
        return environment
    ahead = [name for name in asking if release.environments[name].started_at is None]
    waiting = [name for name in ahead if release.environments[name].status is EnvironmentStatus.SUSPENDED]
    chosen = waiting or ahead
    if not chosen:
        raise RefusedError(f"no environment of release {release.id} waits for approval")
    if len(chosen) > 1:
        raise RefusedError(
            f"{len(chosen)} environments of release {release.id} wait for approval",
            f"say which, e.g. --environment {chosen[0]}",
        )
    return chosen[0]
