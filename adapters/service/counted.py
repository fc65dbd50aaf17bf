"""Ports of releases whose calls are counted, by what came of them."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass, replace
from typing import TypeVar

from adapters.service.metrics import Metrics
from engine.execute.errors import RetryableError, TerminalError
from engine.execute.ports import (
    Applications,
    Change,
    Changes,
    CommitStatuses,
    Declined,
    Landed,
    Observation,
    Ports,
    Proposed,
    RunState,
    StatusReport,
    Watch,
    WorkflowRun,
    Workflows,
)

_Answer = TypeVar("_Answer")


def counted(ports: Ports, metrics: Metrics) -> Ports:
    """Return ports that do the same, and count it."""
    count = _Count(metrics)
    return replace(
        ports,
        workflows=_Workflows(ports.workflows, count),
        changes=_Changes(ports.changes, count),
        applications=_Applications(ports.applications, count),
        statuses=_Statuses(ports.statuses, count),
    )


@dataclass(frozen=True, slots=True)
class _Count:
    metrics: Metrics

    async def of(self, kind: str, call: Awaitable[_Answer]) -> _Answer:
        result = "fault"
        try:
            answer = await call
            result = "done"
            return answer
        except RetryableError:
            result = "retried"
            raise
        except TerminalError:
            result = "failed"
            raise
        finally:
            self.metrics.effects.labels(kind, result).inc()


@dataclass(frozen=True, slots=True)
class _Workflows:
    inner: Workflows
    count: _Count

    async def ensure(self, run: WorkflowRun) -> RunState:
        return await self.count.of("workflow", self.inner.ensure(run))

    async def terminate(self, run: WorkflowRun, reason: str) -> None:
        await self.count.of("terminate workflow", self.inner.terminate(run, reason))


@dataclass(frozen=True, slots=True)
class _Changes:
    inner: Changes
    count: _Count

    async def commit(self, change: Change) -> Landed:
        return await self.count.of("commit", self.inner.commit(change))

    async def propose(self, change: Change) -> Landed | Proposed | Declined:
        return await self.count.of("pull request", self.inner.propose(change))

    async def withdraw(self, change: Change, reason: str) -> Landed | None:
        return await self.count.of("close pull request", self.inner.withdraw(change, reason))


@dataclass(frozen=True, slots=True)
class _Applications:
    inner: Applications
    count: _Count

    async def observe(self, watch: Watch) -> Observation:
        return await self.count.of("application", self.inner.observe(watch))


@dataclass(frozen=True, slots=True)
class _Statuses:
    inner: CommitStatuses
    count: _Count

    async def report(self, report: StatusReport) -> None:
        await self.count.of("commit status", self.inner.report(report))
