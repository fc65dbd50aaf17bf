from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from adapters.git import GitRepositories
from adapters.git.changes import GitChanges
from adapters.git.changes.landing import Patience
from adapters.git.changes.workshop import Committing
from adapters.git.identity import Identity
from adapters.git.record import parse_commit
from adapters.yaml import SpliceEditor
from engine.plan.ports import CommitInfo
from tests.support.changes import TickingClock
from tests.support.content import Content
from tests.support.gitdaemon import GitDaemon
from tests.support.gitrepo import GIT, GitRepo, git_environment

PROMO = Identity("Promo Test", "promo@example.com")


class GitWorld:
    """A repository, how promo is told its address, and what others do in it."""

    def __init__(self, repo: GitRepo, url: str, changes: Callable[[], GitChanges]) -> None:
        self.repo = repo
        self.url = url
        self.changes = changes

    def commit(self, files: Mapping[str, Content], *, message: str = "change", branch: str = "main") -> str:
        return self.repo.commit(files, message=message, branch=branch)

    def read(self, path: str, revision: str = "main") -> bytes | None:
        done = subprocess.run(
            [GIT, "cat-file", "blob", f"{revision}:{path}"],
            cwd=self.repo.path,
            env=git_environment(),
            capture_output=True,
            check=False,
        )
        return done.stdout if done.returncode == 0 else None

    def head(self, branch: str = "main") -> str | None:
        return self.repo.git("for-each-ref", "--format=%(objectname)", f"refs/heads/{branch}") or None

    def log(self, branch: str = "main") -> list[CommitInfo]:
        names = self.repo.git("rev-list", "--topo-order", branch).split()
        return [parse_commit(name, self.repo.git("cat-file", "commit", name).encode()).info for name in names]

    def merge(self, branch: str, how: str) -> str:
        git = self.repo.git
        tip = git("rev-parse", branch)
        if how == "fast-forward":
            git("update-ref", "refs/heads/main", tip)
            return tip
        main = git("rev-parse", "main")
        tree = git("merge-tree", "--write-tree", main, tip)
        parents = ["-p", main, *(["-p", tip] if how == "merge" else [])]
        merged = git("commit-tree", *parents, "-m", f"{how} of a branch", tree)
        git("update-ref", "refs/heads/main", merged)
        return merged

    def remove(self, branch: str) -> None:
        self.repo.git("update-ref", "-d", f"refs/heads/{branch}")


@pytest.fixture
def make_changes(tmp_path: Path) -> Iterator[Callable[..., GitChanges]]:
    """Make ports that share nothing but the disk."""
    with ExitStack() as stack:
        clock = TickingClock()

        def make(
            checkouts: Mapping[str, Path] | None = None,
            committing: Committing | None = None,
            patience: Patience | None = None,
            timeout: float = 30,
        ) -> GitChanges:
            cache = tmp_path / "cache"
            opened = GitRepositories(checkouts or {}, cache, base=tmp_path, timeout=timeout)
            repositories = stack.enter_context(opened)
            by = committing or Committing(PROMO, None, sign_as_git=False)
            return GitChanges(repositories, SpliceEditor(), clock, by, patience=patience)

        yield make


@pytest.fixture
def bare(tmp_path: Path, make_changes: Callable[..., GitChanges]) -> GitWorld:
    """A bare repository on this machine."""
    repo = GitRepo(tmp_path / "apps", bare=True)
    return GitWorld(repo, repo.url, make_changes)


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[GitDaemon]:
    """A server that takes pushes to the repositories below ``served``."""
    (tmp_path / "served").mkdir()
    with GitDaemon(tmp_path / "served", writable=True) as running:
        yield running


@pytest.fixture
def served(tmp_path: Path, serving: GitDaemon, make_changes: Callable[..., GitChanges]) -> GitWorld:
    """A bare repository behind a server."""
    return GitWorld(GitRepo(tmp_path / "served" / "apps", bare=True), serving.url("apps"), make_changes)


def write_hook(repo: GitRepo, name: str, script: str) -> None:
    """Give a repository a hook."""
    folder = repo.path / "hooks"
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    os.chmod(path, 0o755)
