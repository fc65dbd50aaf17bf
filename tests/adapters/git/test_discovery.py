from __future__ import annotations

from pathlib import Path

import pytest

from adapters.git import Checkout, discover
from engine.plan.ports import RepositoryError
from tests.support.gitrepo import GitRepo


def test_the_top_folder_and_origin_are_found_from_below(repo: GitRepo) -> None:
    repo.commit({"app/dev/values.yaml": "1"})
    repo.git("remote", "add", "upstream", "https://h/upstream")
    repo.git("remote", "add", "origin", "https://user:s3cret@h/apps.git")
    for folder in (repo.path, repo.path / "app" / "dev"):
        assert discover(folder) == Checkout(repo.path, "https://h/apps.git")


def test_the_only_remote_counts_and_several_without_origin_do_not(repo: GitRepo) -> None:
    assert discover(repo.path).remote is None
    repo.git("remote", "add", "up.stream", "git@h:apps.git")
    assert discover(repo.path).remote == "git@h:apps.git"
    repo.git("remote", "add", "second", "git@h:other.git")
    assert discover(repo.path).remote is None


def test_a_bare_repository_is_its_own_top(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "apps.git", bare=True)
    assert discover(repo.path) == Checkout(repo.path, None)


def test_a_symbolic_link_leads_to_the_real_folder(repo: GitRepo, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(repo.path)
    assert discover(tmp_path / "link").top == repo.path


def test_variables_that_redirect_git_are_ignored(
    repo: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", str(GitRepo(tmp_path / "other").path / ".git"))
    assert discover(repo.path).top == repo.path


def test_a_folder_in_no_repository(tmp_path: Path) -> None:
    with pytest.raises(RepositoryError, match="not a Git repository") as error:
        discover(tmp_path)
    assert error.value.help
    with pytest.raises(RepositoryError, match="no such folder"):
        discover(tmp_path / "absent")
