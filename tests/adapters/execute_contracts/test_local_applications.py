"""Folders without a server keep the contract of applications, too."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from adapters.git import GitRepositories
from adapters.local.applications import LocalApplications
from adapters.yaml import SpliceEditor
from engine.execute.ports import Applications
from engine.execute.spec import TargetSpec
from engine.plan.ports import Repositories
from tests.adapters.execute_contracts.applications_contract import ApplicationsContract, values
from tests.support.changes import TickingClock
from tests.support.gitrepo import GitRepo

URL = "https://git.example.com/shop/apps.git"


class LocalWorld:
    """A folder of a repository."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.clock, self.ill = folder, TickingClock(), False
        self.repo = GitRepo(folder / "apps", bare=True)
        self.repo.commit({"dev/values.yaml": values("2"), "qa/values.yaml": values("1")})
        self.target = TargetSpec(
            key="shop-qa",
            name="shop-qa",
            namespace="",
            project="",
            runtime="",
            repo_url=URL,
            branch="main",
            folder="qa",
        )

    @contextmanager
    def _repositories(self) -> Iterator[Repositories]:
        with GitRepositories({URL: self.repo.path}, self.folder / "cache", base=self.folder) as repositories:
            yield repositories

    def applications(self) -> Applications:
        return LocalApplications(self._repositories, SpliceEditor(), self.clock, self.folder / "state")

    def push(self, content: str) -> str:
        return self.repo.commit({"qa/values.yaml": f"{content}ill: [\n" if self.ill else content})

    def push_elsewhere(self) -> str:
        return self.repo.commit({"README.md": "hello\n"})

    def fall_ill(self) -> None:
        self.ill = True

    def now(self) -> datetime:
        return self.clock.now()

    def pass_time(self) -> None:
        self.clock.now()


class TestLocalApplications(ApplicationsContract):
    @pytest.fixture
    def world(self, tmp_path: Path) -> LocalWorld:
        return LocalWorld(tmp_path)
