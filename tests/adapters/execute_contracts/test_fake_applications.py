"""The stand-in that most tests of releases use keeps the contract of applications."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from engine.execute.ports import Watch
from tests.adapters.execute_contracts.applications_contract import ApplicationsContract
from tests.fakes.applications import FakeApplications
from tests.fakes.faults import Journal
from tests.support.changes import promotion
from tests.support.content import Content
from tests.support.memory_repositories import MemoryRepositories, MemoryRepository


class Clock:
    def __init__(self) -> None:
        self.moment = datetime(2026, 1, 1, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment


class World:
    def __init__(self) -> None:
        self._clock = Clock()
        self._repository = MemoryRepository("https://git.example.com/apps.git")
        self._fake = FakeApplications(Journal(), self._clock, MemoryRepositories(self._repository))

    def applications(self) -> FakeApplications:
        return self._fake

    def commit(self, files: Mapping[str, Content]) -> str:
        self._fake.condition("apps-qa").healthy_since = self._clock.now()
        return self._repository.commit_files(files)

    def elsewhere(self, files: Mapping[str, Content]) -> str:
        return self._repository.commit_files(files, branch="other")

    def watch(self, commit: str | None) -> Watch:
        change = promotion(self._repository.url, commit or "")
        return Watch("rel-1/qa/apps-qa/health/1", change.target, commit, change.source, self._clock.now())

    def fall_ill(self) -> None:
        self._fake.fall_ill("apps-qa")

    def recover(self) -> None:
        self._fake.recover("apps-qa")

    def pass_time(self) -> None:
        self._clock.moment += timedelta(seconds=20)


class TestFakeApplications(ApplicationsContract):
    @pytest.fixture
    def world(self) -> World:
        return World()
