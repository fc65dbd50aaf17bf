"""The stand-in that most tests of releases use keeps the contract of workflows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from engine.execute.ports import RunPhase, WorkflowRun
from tests.adapters.execute_contracts.workflows_contract import WorkflowsContract
from tests.fakes.faults import Journal
from tests.fakes.workflows import FakeWorkflows, Script


class Clock:
    def __init__(self) -> None:
        self.moment = datetime(2026, 1, 1, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment


class World:
    strict = False

    def __init__(self) -> None:
        self._clock = Clock()
        self._journal = Journal()
        self._fake = FakeWorkflows(self._journal, self._clock)

    def workflows(self) -> FakeWorkflows:
        return self._fake

    def template(
        self,
        name: str,
        *,
        ends: RunPhase,
        outputs: Mapping[str, str] | None = None,
        says: str = "",
        lasts: bool = False,
    ) -> None:
        self._fake.plan(name, Script(ends, 1e6 if lasts else 2.0, outputs or {}, says))

    def started(self, template: str) -> int:
        return sum(one.what == "run" and one.detail == template for one in self._journal.happenings)

    def forget(self, run: WorkflowRun) -> None:
        self._fake.forget(run.key)

    def pass_time(self) -> None:
        self._clock.moment += timedelta(seconds=1)


class TestFakeWorkflows(WorkflowsContract):
    @pytest.fixture
    def world(self) -> World:
        return World()
