"""Repositories, addresses and surroundings that want Git to do something else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from adapters.git import GitRepositories, objects
from engine.plan.ports import RepositoryError
from tests.support.content import Link
from tests.support.gitdaemon import GitDaemon
from tests.support.gitrepo import GitRepo, run_git


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    """A file that exists once somebody has run a program of the attacker's."""
    return tmp_path / "owned"


@pytest.mark.parametrize(
    "url",
    [
        *("ext::sh -c touch% {}", "--upload-pack=touch {}", "-u touch {}", "fd::3", "ssh://-oProxyCommand=touch {}/x"),
        *("-oProxyCommand=touch {}:x", "git@-oProxyCommand=touch {}:x", "https://h/x\n--upload-pack=touch {}"),
    ],
)
def test_addresses_that_run_programs_are_refused(repositories: GitRepositories, canary: Path, url: str) -> None:
    with pytest.raises(RepositoryError) as error:
        repositories.open(url.format(canary))
    assert error.value.help
    assert not canary.exists()


def test_a_rewritten_address_cannot_change_to_a_forbidden_transport(
    repositories: GitRepositories, repo: GitRepo, tmp_path: Path, canary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo.commit({"a": "1"})
    config = tmp_path / "gitconfig"
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    for target in (f"ext::sh -c touch% {canary} #", f"file://{repo.path}?"):
        config.write_text(f'[url "{target}"]\ninsteadOf = https://h.invalid/apps\n[protocol]\nallow = always\n')
        with pytest.raises(RepositoryError, match="transport that is not allowed"):
            repositories.open("https://h.invalid/apps")
    assert not canary.exists()


def test_variables_that_redirect_git_change_nothing(
    repo: GitRepo, repositories: GitRepositories, tmp_path: Path, canary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sha = repo.commit({"a": "right"})
    other = GitRepo(tmp_path / "other")
    other.commit({"a": "wrong"})
    for name, value in {
        "GIT_DIR": str(other.path / ".git"),
        "GIT_WORK_TREE": str(other.path),
        "GIT_OBJECT_DIRECTORY": str(other.path / ".git/objects"),
        "GIT_COMMON_DIR": str(other.path / ".git"),
        "GIT_NAMESPACE": "x",
        "GIT_TRACE": str(canary),
        "GIT_TRACE2": str(canary),
        "GIT_REDIRECT_STDERR": str(canary),
        "GIT_CONFIG_PARAMETERS": "'core.bare'='x'",
        "GIT_CEILING_DIRECTORIES": str(tmp_path),
        "GIT_GRAFT_FILE": str(canary),
        "GIT_SHALLOW_FILE": str(canary),
        "LC_ALL": "de_DE.UTF-8",
    }.items():
        monkeypatch.setenv(name, value)
    repository = repositories.open("apps")
    assert repository.resolve("main") == sha
    assert repository.read(sha, "a") == b"right"
    assert repository.branches_with(sha) == ("main",)
    assert not canary.exists()


def _attack(repo: Path, canary: Path) -> None:
    """Name a program in every setting of a repository that Git may run one from."""
    script = repo / "evil.sh"
    script.write_text(f'#!/bin/sh\necho "$0 $*" >> "{canary}"\n')
    script.chmod(0o755)
    for key in (
        *("core.fsmonitor", "core.pager", "core.editor", "core.sshCommand", "core.askPass", "core.gitProxy"),
        *("diff.external", "credential.helper", "remote.origin.uploadpack", "gpg.program", "core.alternateRefsCommand"),
        *("alias.cat-file", "alias.for-each-ref", "alias.rev-parse", "filter.x.smudge", "filter.x.clean"),
        *("diff.x.textconv", "diff.x.command", "pager.for-each-ref", "uploadpack.packObjectsHook"),
    ):
        run_git(repo, "config", key, str(script))
    hooks = repo / "hooks"
    hooks.mkdir(exist_ok=True)
    for name in ("post-checkout", "reference-transaction", "post-index-change", "fsmonitor-watchman", "pre-auto-gc"):
        (hooks / name).write_bytes(script.read_bytes())
        (hooks / name).chmod(0o755)
    run_git(repo, "config", "core.hooksPath", str(hooks))


def test_a_bare_repository_inside_the_workspace_runs_nothing(
    repositories: GitRepositories, tmp_path: Path, canary: Path
) -> None:
    repo = GitRepo(tmp_path / "embedded.git", bare=True)
    sha = repo.commit({"a": "1", ".gitattributes": "* filter=x diff=x", "d/b": "2"})
    tagged = repo.commit({"a": "2"})
    repo.tag("v1", tagged)
    run_git(repo.path, "config", "remote.origin.url", str(repo.path))
    run_git(repo.path, "config", "remote.origin.promisor", "true")
    run_git(repo.path, "config", "remote.origin.partialclonefilter", "blob:none")
    _attack(repo.path, canary)
    repository = repositories.open("embedded.git")
    assert repository.read(sha, "a") == b"1"
    assert repository.changed_paths(tagged) == ("a",)
    assert repository.tags_at(tagged) == ("v1",)
    assert repository.branches_with(sha) == ("main",)
    assert repository.resolve("1" * 40) is None
    assert len(repository.entries(sha, "")) == 3
    assert not canary.exists()


def test_a_bare_partial_clone_does_not_fetch_by_its_own_settings(
    repositories: GitRepositories, tmp_path: Path, canary: Path
) -> None:
    origin = GitRepo(tmp_path / "origin")
    sha = origin.commit({"a": "1"})
    origin.git("config", "uploadpack.allowFilter", "true")
    run_git(tmp_path, "clone", "-q", "--bare", "--filter=blob:none", origin.url, "partial.git")
    _attack(tmp_path / "partial.git", canary)
    repository = repositories.open("partial.git")
    for ask in (lambda: repository.read(sha, "a"), lambda: repository.entries(sha, "")):
        with pytest.raises(RepositoryError, match="partial clone"):
            ask()
    assert repository.resolve("1" * 40) is None
    assert not canary.exists()


def _raw_tree(repo: GitRepo, rows: bytes) -> str:
    tree = repo.git("hash-object", "-t", "tree", "-w", "--literally", "--stdin", stdin=rows)
    return repo.git("commit-tree", "-m", "raw", tree)


@pytest.mark.parametrize("name", [b"..", b".git", b"a/b", b""])
def test_a_tree_that_leads_out_of_the_repository(repo: GitRepo, repositories: GitRepositories, name: bytes) -> None:
    blob = repo.git("hash-object", "-w", "--stdin", stdin=b"x")
    sha = _raw_tree(repo, b"100644 " + name + b"\0" + bytes.fromhex(blob))
    repository = repositories.open("apps")
    for ask in (
        lambda: repository.entries(sha, ""),
        lambda: repository.changed_paths(sha),
        lambda: repository.read(sha, "a"),
    ):
        with pytest.raises(RepositoryError, match="malformed object") as error:
            ask()
        assert "git fsck" in error.value.help


def test_a_tree_whose_rows_are_of_another_type(repo: GitRepo, repositories: GitRepositories) -> None:
    blob = bytes.fromhex(repo.git("hash-object", "-w", "--stdin", stdin=b"x"))
    sha = _raw_tree(repo, b"40000 folder\0" + blob)
    with pytest.raises(RepositoryError):
        repositories.open("apps").entries(sha, "")


def test_a_missing_object_is_said(repo: GitRepo, repositories: GitRepositories) -> None:
    sha = _raw_tree(repo, b"100644 a\0" + b"\1" * 20)
    repository = repositories.open("apps")
    with pytest.raises(RepositoryError, match="content of `a` is not in the repository"):
        repository.read(sha, "a")
    with pytest.raises(RepositoryError, match="content of `a` is not in the repository"):
        repository.entries(sha, "")
    assert repository.changed_paths(sha) == ("a",)


def test_a_file_that_is_too_large_is_refused_and_reading_goes_on(repo: GitRepo, repositories: GitRepositories) -> None:
    limit = 10 * 1024 * 1024
    sha = repo.commit({"large": b"x" * (limit + 1), "most": b"y" * limit, "small": "z"})
    repository = repositories.open("apps")
    with pytest.raises(RepositoryError, match="`large` is larger than the limit of 10,485,760 bytes") as error:
        repository.read(sha, "large")
    assert error.value.help
    assert repository.read(sha, "small") == b"z"
    assert repository.read(sha, "most") == b"y" * limit
    assert [entry.size for entry in repository.entries(sha, "")] == [limit + 1, limit, 1]


def test_folders_that_are_too_large_together_are_refused(
    repo: GitRepo, repositories: GitRepositories, monkeypatch: pytest.MonkeyPatch
) -> None:
    sha = repo.commit({f"d{n}/{n}{'f' * 100}": "" for n in range(50)})
    monkeypatch.setattr(objects, "MAX_OUTPUT", 5_000)
    repository = repositories.open("apps")
    with pytest.raises(RepositoryError, match="a folder is larger than the limit of 5,000 bytes"):
        repository.entries(sha, "")
    assert len(repository.entries(sha, "d7")) == 1


def test_a_symbolic_link_is_never_followed(repo: GitRepo, repositories: GitRepositories) -> None:
    sha = repo.commit({"passwd": Link("/etc/passwd"), "up": Link(".."), "d/a": "1", "in": Link("d")})
    repository = repositories.open("apps")
    for path in ("passwd", "up/passwd", "in/a", "up"):
        assert repository.read(sha, path) is None
    assert repository.entries(sha, "in") == ()


def test_replaced_objects_are_read_as_they_are(repo: GitRepo, repositories: GitRepositories) -> None:
    sha = repo.commit({"a": "true"})
    other = repo.commit({"a": "false"})
    repo.git("replace", sha, other)
    assert repositories.open("apps").read(sha, "a") == b"true"


def test_branch_and_tag_names_that_look_like_options(repo: GitRepo, repositories: GitRepositories) -> None:
    sha = repo.commit({"a": "1"})
    repo.git("update-ref", "refs/heads/--all", sha)
    repo.git("update-ref", "refs/tags/--output=x", sha)
    repository = repositories.open("apps")
    assert repository.branches_with(sha) == ("--all", "main")
    assert repository.tags_at(sha) == ("--output=x",)


def test_nothing_a_server_or_git_says_reaches_the_terminal(
    daemon: GitDaemon, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    repo = GitRepo(tmp_path / "served" / "apps", bare=True)
    sha = repo.commit({"a": "1"})
    with GitRepositories({}, tmp_path / "cache", timeout=30) as repositories:
        assert repositories.open(daemon.url("apps")).read(sha, "a") == b"1"
        with pytest.raises(RepositoryError):
            repositories.open(daemon.url("absent\u202e"))
    assert capfd.readouterr() == ("", "")


def test_the_adapter_leaves_a_checkout_as_it_was(repo: GitRepo, repositories: GitRepositories) -> None:
    sha = repo.commit({"a": "1", "b": "2"})
    (repo.path / "a").write_text("edited")
    before = {path: os.stat(path).st_mtime_ns for path in sorted(repo.path.rglob("*"))}
    repository = repositories.open("apps")
    assert repository.read(sha, "a") == b"1"
    assert len(repository.entries(sha, "")) == 2
    assert repository.branches_with(sha) == ("main",)
    repositories.close()
    assert {path: os.stat(path).st_mtime_ns for path in sorted(repo.path.rglob("*"))} == before
