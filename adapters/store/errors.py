"""Why a store cannot be used, said so that somebody can do something about it.

    StoreError                     a reason and a help line; the command line exits with 2
    +-- StoreSettingError          what says where the store is makes no sense
    +-- StoreFormatError           the file is damaged, or no store of promo
    +-- NewerStoreError            a newer version of promo has upgraded it
    +-- WorkerLockedError          another process runs the releases of this store
    +-- StoreFullError, StoreReadOnlyError   nothing can be written; also a `StoreUnavailableError`
    +-- UnknownReleaseError, AmbiguousReleaseError

`engine.execute.store.StoreUnavailableError` is an outage: nothing was written, and the call may be repeated.
"""

from __future__ import annotations

from engine.execute.store import StoreUnavailableError


class StoreError(Exception):
    """The store cannot be used as asked.

    Attributes:
        reason: what is wrong; lower case, no final period, no secrets.
        help: what to do about it; empty when nothing is known.
    """

    def __init__(self, reason: str, help: str = "") -> None:
        super().__init__(f"{reason}; {help}" if help else reason)
        self.reason = reason
        self.help = help


class StoreSettingError(StoreError):
    """What says where the store is makes no sense."""


class StoreFormatError(StoreError):
    """The file is damaged, or no store of promo."""


class NewerStoreError(StoreError):
    """The store was upgraded by a newer version of promo, whose tables this one does not know."""


class WorkerLockedError(StoreError):
    """Another process runs the releases of this store."""


class StoreFullError(StoreError, StoreUnavailableError):
    """There is no room to write; nothing was written, and the same call succeeds once there is."""


class StoreReadOnlyError(StoreError, StoreUnavailableError):
    """The store may not be written; nothing was written."""


class UnknownReleaseError(StoreError):
    """No release has this identifier, or one that begins so."""


class AmbiguousReleaseError(StoreError):
    """Several releases have an identifier that begins so."""
