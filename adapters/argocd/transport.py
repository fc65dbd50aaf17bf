"""How an Argo CD is reached: through its API server, or through the Kubernetes API of its cluster."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from adapters.argocd.seen import ApplicationSeen


@dataclass(frozen=True, slots=True)
class Address:
    """Which application is meant.

    Attributes:
        name: of the Application object.
        namespace: of the object; empty for Argo CD's own.
        project: its Argo CD project.
    """

    name: str
    namespace: str
    project: str

    def __str__(self) -> str:
        """Return ``namespace/name``, or the name alone."""
        return f"{self.namespace}/{self.name}" if self.namespace else self.name


@dataclass(frozen=True, slots=True)
class SyncRequest:
    """A sync to whatever the application's branch holds.

    There is no revision in it: an application with automated sync refuses any but its own, others would be out of sync
    again at once, and a right more would be needed. Source: argo, section 2.

    Attributes:
        step: the key it carries.
        options: the application's sync options.
        retry: how it is tried again, as the application says it; None where it says nothing.
        version: the object's version that the decision was made on.
        followed: whether there was a sync before, whose state is to be cleared.
    """

    step: str
    options: tuple[str, ...]
    retry: Mapping[str, object] | None
    version: str
    followed: bool


class NotNowError(Exception):
    """A request was refused for now, as by a sync window or another sync; it is waited for, not an error.

    Attributes:
        passing: whether what is in the way is over by itself in a moment, as another sync is, and a sync window is not.
    """

    def __init__(self, reason: str, *, passing: bool) -> None:
        super().__init__(reason)
        self.passing = passing


class Transport(Protocol):
    """The calls that are made.

    All raise `engine.execute.errors.RetryableError` where the server cannot be reached or is busy, and `TerminalError`
    where no repetition helps; neither holds a secret.
    """

    async def get(self, address: Address) -> ApplicationSeen:
        """Return an application."""

    async def refresh(self, address: Address, *, hard: bool) -> ApplicationSeen | None:
        """Ask for a comparison with Git; return the application if it was made before the patience ran out."""

    async def sync(self, address: Address, request: SyncRequest) -> None:
        """Ask for a sync.

        Raises:
            NotNowError: when the server refuses it for now.
        """
