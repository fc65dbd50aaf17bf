"""Everything a request is answered from."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from adapters.service.current import Current
from adapters.service.means import Means
from adapters.service.metrics import Metrics

if TYPE_CHECKING:
    from adapters.store.store import ReleaseStore


@dataclass(slots=True)
class Service:
    """The parts of a service that runs.

    Attributes:
        store: where releases are.
        current: the workspace.
        means: makes what plans need.
        metrics: what is counted.
        stop: set when the service is to end; streams end with it.
        pushed: set when a repository may have changed.
        worker: the task that carries releases on; None before it began.
    """

    store: ReleaseStore
    current: Current
    means: Means
    metrics: Metrics = field(default_factory=Metrics)
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    pushed: asyncio.Event = field(default_factory=asyncio.Event)
    worker: asyncio.Task[None] | None = None
