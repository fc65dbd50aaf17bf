"""How many Git processes are started, and that none is left."""

from __future__ import annotations

import gc
import os
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.git import GitRepositories
from adapters.git.failure import GitTimeoutError, OutputTooLargeError
from adapters.git.process import find_git
from engine.plan.ports import RepositoryError
from tests.support.gitrepo import GitRepo

Commands = Callable[[], list[str]]


def _children() -> set[str]:
    """Return the processes this one has started and not yet reaped."""
    return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())


needs_proc = pytest.mark.skipif(
    not Path(f"/proc/self/task/{os.getpid()}/children").exists(), reason="the system does not list child processes"
)


def test_ten_thousand_files_take_as_many_processes_as_one(repo: GitRepo, tmp_path: Path, commands: Commands) -> None:
    files = {f"apps/team-{n % 40}/app-{n}/values.yaml": f"n: {n}\n" for n in range(10_000)}
    root = repo.commit(dict(files))
    change = repo.commit({path: "changed\n" for path in list(files)[:500]})
    with GitRepositories({}, tmp_path / "cache", base=tmp_path) as repositories:
        repository = repositories.open("apps")
        assert repository.read(root, "apps/team-0/app-0/values.yaml") == b"n: 0\n"
        assert len(repository.entries(root, "apps/team-0/app-0")) == 1
        started = commands()
        assert [line.rpartition(" -c ")[2].split(" ", 1)[1].split()[0] for line in started] == [
            *("version", "rev-parse", "config", "cat-file", "cat-file")
        ]
        assert [entry.path for entry in repository.entries(root, "")] == sorted(files)
        assert all(repository.read(root, path) == files[path].encode() for path in list(files)[::10])
        assert len(repository.changed_paths(change)) == 500
        assert len(repository.changed_paths(root)) == 10_000
        assert repository.resolve("main") == change
        assert repository.commit(root).parents == ()
        assert commands() == started


def test_one_look_at_the_version_serves_all_repositories(tmp_path: Path, commands: Commands) -> None:
    for name in ("one", "two", "three"):
        GitRepo(tmp_path / name).commit({"a": name})
    with GitRepositories({}, tmp_path / "cache", base=tmp_path) as repositories:
        for name in ("one", "two", "three"):
            assert repositories.open(name).resolve("main")
    assert len([line for line in commands() if line.endswith(" version")]) == 1


@needs_proc
def test_closing_ends_every_process(repo: GitRepo, tmp_path: Path) -> None:
    sha = repo.commit({"a": "1"})
    before = _children()
    with GitRepositories({}, tmp_path / "cache", base=tmp_path) as repositories:
        repository = repositories.open("apps")
        repository.read(sha, "a")
        repository.entries(sha, "")
        assert len(_children() - before) == 2
    assert _children() == before


@needs_proc
def test_a_forgotten_repository_ends_its_processes(repo: GitRepo, tmp_path: Path) -> None:
    sha = repo.commit({"a": "1"})
    before = _children()
    repositories = GitRepositories({}, tmp_path / "cache", base=tmp_path)
    assert repositories.open("apps").read(sha, "a") == b"1"
    del repositories
    gc.collect()
    assert _children() == before


@needs_proc
def test_a_process_that_was_killed_is_an_error_and_the_next_read_starts_another(repo: GitRepo, tmp_path: Path) -> None:
    sha = repo.commit({"a": "1", "b": "2"})
    before = _children()
    with GitRepositories({}, tmp_path / "cache", base=tmp_path) as repositories:
        repository = repositories.open("apps")
        assert repository.read(sha, "a") == b"1"
        for process in _children() - before:
            os.kill(int(process), 9)
        with pytest.raises(RepositoryError, match="git failed"):
            repository.read(sha, "b")
        assert repository.read(sha, "b") == b"2"


@needs_proc
def test_a_process_that_is_too_slow_or_writes_too_much_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrapper = tmp_path / "git"
    wrapper.write_text(
        "#!/bin/sh\nfor last; do :; done\n"
        'case "$last" in version) echo git version 2.40.0;;\n'
        "slow) sleep 300 & echo $! > grandchild; sleep 300;; *) yes;; esac\n"
    )
    wrapper.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    before = _children()
    git = find_git(30)
    with pytest.raises(OutputTooLargeError):
        git.run(tmp_path, "fast", limit=100_000)
    hasty = replace(git, timeout=1.0)
    with pytest.raises(GitTimeoutError):
        hasty.run(tmp_path, "slow")
    assert _children() == before
    grandchild = Path("/proc") / (tmp_path / "grandchild").read_text().strip() / "stat"
    _wait_until(lambda: not grandchild.exists() or ") Z " in grandchild.read_text())


def _wait_until(condition: Callable[[], bool]) -> None:
    """Wait for what the system does on its own time; a minute is far beyond what it takes."""
    for _ in range(6000):
        if condition():
            return
        time.sleep(0.01)
    pytest.fail("it did not happen")


def test_threads_share_a_repository(repo: GitRepo, tmp_path: Path) -> None:
    files = {f"d{n % 7}/f{n}": f"{n}" * 50 for n in range(200)}
    sha = repo.commit(dict(files))
    wrong: list[str] = []
    with GitRepositories({}, tmp_path / "cache", base=tmp_path) as repositories:

        def read(start: int) -> None:
            repository = repositories.open("apps")
            for path in list(files)[start:] + list(files)[:start]:
                if repository.read(sha, path) != files[path].encode():
                    wrong.append(path)

        threads = [threading.Thread(target=read, args=(n * 50,)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert wrong == []
