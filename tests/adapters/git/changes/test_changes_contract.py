"""The port's contract, held by Git in every form a repository may have."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from adapters.git.changes import GitChanges
from tests.adapters.execute_contracts.changes_contract import ChangesContract
from tests.adapters.git.changes.conftest import GitWorld
from tests.support.gitrepo import GitRepo


class TestGitChanges(ChangesContract):
    """A folder that stands for a remote repository, one with SHA-256 names, and one behind a server."""

    @pytest.fixture(params=["checkout", "bare-sha256", "served"])
    def world(
        self, request: pytest.FixtureRequest, tmp_path: Path, make_changes: Callable[..., GitChanges]
    ) -> GitWorld:
        match request.param:
            case "checkout":
                repo = GitRepo(tmp_path / "folder", bare=True)
                url = "https://git.example.com/apps.git"
                return GitWorld(repo, url, lambda: make_changes({url: repo.path}))
            case "bare-sha256":
                repo = GitRepo(tmp_path / "apps", bare=True, object_format="sha256")
                return GitWorld(repo, repo.url, make_changes)
            case name:
                found: GitWorld = request.getfixturevalue(name)
                return found
