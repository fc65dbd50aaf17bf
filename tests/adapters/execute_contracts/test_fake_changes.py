"""The stand-in that most tests of releases use keeps the contract of changes, as far as it goes.

Its pull requests are entries of a list and not branches, and it has no merge of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from engine.plan.ports import CommitInfo
from tests.adapters.execute_contracts.changes_contract import ChangesContract
from tests.fakes.changes import FakeChanges
from tests.fakes.faults import Journal
from tests.support.content import Content
from tests.support.memory_repositories import MemoryRepositories, MemoryRepository

BEYOND = {
    "test_a_revert_of_what_was_changed_again_shows_both_values",
    "test_a_revert_keeps_an_added_file_that_was_edited",
    "test_a_proposal_waits_and_leaves_the_target_alone",
    "test_a_merged_proposal_has_landed",
    "test_a_removed_branch_is_declined_and_stays_so",
    "test_a_foreign_branch_of_that_name_ends_the_step",
    "test_a_proposal_follows_the_target_where_its_files_changed",
    "test_a_proposal_that_others_pushed_to_is_left_alone",
}
"""What is about the branches of pull requests, and about conflicts."""


class Clock:
    def __init__(self) -> None:
        self._moment = datetime(2026, 1, 1, tzinfo=UTC)

    def now(self) -> datetime:
        self._moment += timedelta(seconds=1)
        return self._moment


class World:
    url = "https://git.example.com/apps.git"

    def __init__(self) -> None:
        self._repository = MemoryRepository(self.url)
        self._fake = FakeChanges(Journal(), Clock(), MemoryRepositories(self._repository))

    def changes(self) -> FakeChanges:
        return self._fake

    def commit(self, files: Mapping[str, Content], *, message: str = "change", branch: str = "main") -> str:
        return self._repository.commit_files(files, message=message, branch=branch)

    def read(self, path: str, revision: str = "main") -> bytes | None:
        return self._repository.read(self._repository.resolve(revision) or "", path)

    def head(self, branch: str = "main") -> str | None:
        return self._repository.resolve(branch)

    def log(self, branch: str = "main") -> list[CommitInfo]:
        found = []
        sha = self.head(branch)
        while sha is not None:
            found.append(self._repository.commit(sha))
            sha = found[-1].parents[0] if found[-1].parents else None
        return found

    def merge(self, branch: str, how: str) -> str:
        raise NotImplementedError

    def remove(self, branch: str) -> None:
        raise NotImplementedError


class TestFakeChanges(ChangesContract):
    @pytest.fixture
    def world(self, request: pytest.FixtureRequest) -> World:
        if request.node.originalname in BEYOND:
            pytest.skip("the stand-in has no branches of its own")
        return World()


def test_what_is_beyond_the_stand_in_is_part_of_the_contract() -> None:
    assert {name for name in dir(ChangesContract) if name.startswith("test")} >= BEYOND
