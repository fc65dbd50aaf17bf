"""How an Argo Workflows is reached: through its API server, or through the Kubernetes API of its cluster."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from adapters.workflows.wire import Workflow, WorkflowTemplate

RELEASE_LABEL = "promo.io/release"
STEP_ANNOTATION = "promo.io/step"
DIGEST_ANNOTATION = "promo.io/parameters"


class TakenError(Exception):
    """There is a workflow of this name."""


class CompletedError(Exception):
    """A workflow has ended and cannot be ended again."""


@dataclass(frozen=True, slots=True)
class FoundTemplate:
    """A workflow template, and whether it is one of the whole cluster."""

    template: WorkflowTemplate
    cluster: bool


@dataclass(frozen=True, slots=True)
class Sighting:
    """What an event says: which workflow of which release is how; ``gone`` that it was deleted."""

    uid: str
    release: str
    phase: str
    gone: bool


class Transport(Protocol):
    """The calls that are made, all in one namespace.

    All raise `engine.execute.errors.RetryableError` where the server cannot be reached or is busy, and `TerminalError`
    where no repetition helps; neither holds a secret.
    """

    @property
    def place(self) -> str:
        """Where it is, for people."""

    async def get(self, name: str) -> Workflow | None:
        """Return a workflow; None where there is none of that name."""

    async def archived(self, name: str) -> Workflow | None:
        """Return the newest workflow of a name that the archive has; None where it has none or there is no archive."""

    async def create(self, document: Mapping[str, Any]) -> Workflow:
        """Make a workflow.

        Raises:
            TakenError: when there is one of its name.
        """

    async def template(self, name: str) -> FoundTemplate | None:
        """Return a workflow template of the namespace, or else of the cluster; None where there is none."""

    async def template_names(self) -> list[str]:
        """Return the names of the namespace's workflow templates."""

    async def terminate(self, name: str) -> None:
        """Ask for the end of a workflow.

        Raises:
            CompletedError: when it has ended already.
        """

    async def log_end(self, name: str, pod: str, lines: int) -> str:
        """Return the last lines of a pod's main container; empty where they are gone."""

    def events(self) -> AbstractAsyncContextManager[AsyncIterator[Sighting | None]]:
        """Return what happens to the workflows of releases from now on; None is a sign of life."""

    def link(self, workflow: Workflow) -> str:
        """Return where a person can look at a workflow; empty where there is no such place."""
