from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from adapters.git import GitRepositories
from tests.support.gitdaemon import GitDaemon
from tests.support.gitrepo import GIT, GitRepo


@pytest.fixture(autouse=True)
def _hermetic(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep the machine's own Git settings and home folder out of the adapter."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for name in ("GIT_CONFIG_COUNT", "GIT_SSH", "GIT_SSH_COMMAND", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def repositories(tmp_path: Path) -> Iterator[GitRepositories]:
    with GitRepositories({}, tmp_path / "cache", base=tmp_path, timeout=30) as found:
        yield found


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    return GitRepo(tmp_path / "apps")


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[GitDaemon]:
    """A server for the repositories below ``served``."""
    (tmp_path / "served").mkdir()
    with GitDaemon(tmp_path / "served") as running:
        yield running


@pytest.fixture
def commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """Return the command lines of all Git processes the adapter has started so far."""
    folder, log = tmp_path / "bin", tmp_path / "commands.log"
    folder.mkdir()
    log.touch()
    wrapper = folder / "git"
    wrapper.write_text(f'#!/bin/sh\nprintf "%s\\n" "$*" >> "{log}"\nexec "{GIT}" "$@"\n')
    wrapper.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return lambda: log.read_text().splitlines()
