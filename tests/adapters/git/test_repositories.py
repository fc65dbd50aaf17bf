from __future__ import annotations

import os
from pathlib import Path

import pytest

from adapters.git import GitRepositories
from engine.plan.ports import RepositoryError
from tests.support.gitdaemon import GitDaemon
from tests.support.gitrepo import GitRepo, run_git


def _error(repositories: GitRepositories, url: str) -> RepositoryError:
    with pytest.raises(RepositoryError) as error:
        repositories.open(url)
    return error.value


def test_a_checkout_serves_every_spelling_of_its_address(repo: GitRepo, tmp_path: Path) -> None:
    sha = repo.commit({"a": "1"})
    with GitRepositories({"git@github.com:acme/apps.git": repo.path}, tmp_path / "cache", fetch=False) as repositories:
        first = repositories.open("https://github.com/acme/apps")
        assert first.url == "https://github.com/acme/apps"
        assert first.read(sha, "a") == b"1"
        # The dry run lays edits over a repository object, so one repository must be one object.
        assert repositories.open("ssh://git@GitHub.com/acme/apps.git/") is first
        assert repositories.open(str(repo.path)) is first
        assert repositories.is_local("git@github.com:acme/apps")
        assert not repositories.is_local("https://github.com/acme/other")


def test_a_local_path_is_absolute_or_relative_to_the_workspace(repo: GitRepo, tmp_path: Path) -> None:
    sha = repo.commit({"a": "1"})
    (tmp_path / "workspace").mkdir()
    with GitRepositories({}, tmp_path / "cache", base=tmp_path / "workspace") as repositories:
        for url in (
            str(repo.path),
            f"{repo.path}/",
            repo.url,
            "../apps",
            "./../apps/",
            "file://localhost" + str(repo.path),
        ):
            assert repositories.open(url).resolve("main") == sha, url


def test_paths_with_odd_characters(tmp_path: Path) -> None:
    names = ["sp ace", "per%20cent", "col:on", "new\nline", "-dash", "ümlaut", "cafe\udce9"]
    for name in names:
        repo = GitRepo(tmp_path / name)
        sha = repo.commit({"a": name.encode("utf-8", "surrogateescape")})
        with GitRepositories({"https://h/x": repo.path}, tmp_path / "cache") as repositories:
            repository = repositories.open("https://h/x")
            assert repository.read(sha, "a") == name.encode("utf-8", "surrogateescape")
            assert repository.branches_with(sha) == ("main",)


def test_a_checkout_for_a_local_address_wins(repo: GitRepo, tmp_path: Path) -> None:
    repo.commit({"a": "1"})
    other = GitRepo(tmp_path / "other")
    sha = other.commit({"a": "other"})
    with GitRepositories({repo.url: Path("other")}, tmp_path / "cache", base=tmp_path) as repositories:
        assert repositories.open("apps").resolve("main") == sha


def test_checkouts_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    checkouts = {"https://u:s3cret@h/a": tmp_path / "one", "git@h:a.git": tmp_path / "two"}
    with pytest.raises(RepositoryError, match="two different checkouts") as error:
        GitRepositories(checkouts, tmp_path / "cache")
    assert "s3cret" not in str(error.value)
    with pytest.raises(RepositoryError, match="not allowed"):
        GitRepositories({"ext::sh": tmp_path}, tmp_path / "cache")


def test_a_checkout_that_wins_need_not_spell_the_address_alike(repo: GitRepo, tmp_path: Path) -> None:
    sha = repo.commit({"a": "1"})
    usual = {"https://h/a.git": tmp_path / "nowhere"}
    with GitRepositories(usual, tmp_path / "cache", over={"git@h:a": repo.path}) as repositories:
        assert repositories.open("https://h/a").resolve("main") == sha


def test_the_same_address_gives_the_same_repository(repo: GitRepo, repositories: GitRepositories) -> None:
    repo.commit({"a": "1"})
    assert repositories.open("apps") is repositories.open("apps")


def test_a_closed_repository_opens_again(repo: GitRepo, repositories: GitRepositories) -> None:
    sha = repo.commit({"a": "1", "b": "2"})
    repository = repositories.open("apps")
    assert repository.read(sha, "a") == b"1"
    repositories.close()
    repositories.close()
    assert repository.read(sha, "b") == b"2"


def test_what_is_no_repository_is_said_with_its_path(tmp_path: Path, repositories: GitRepositories) -> None:
    (tmp_path / "plain").mkdir()
    (tmp_path / "file").touch()
    (tmp_path / "broken" / ".git").mkdir(parents=True)
    assert "there is no folder" in _error(repositories, "absent").reason
    assert "there is no folder" in _error(repositories, "file").reason
    assert "cannot be read" in _error(repositories, "x" * 1500).reason
    for url in ("plain", "broken"):
        error = _error(repositories, url)
        assert "not a Git repository" in error.reason
        assert str(tmp_path / url) in error.reason
        assert error.help


def test_a_folder_inside_a_repository_is_not_taken_for_it(repo: GitRepo, repositories: GitRepositories) -> None:
    repo.commit({"app/a": "1"})
    error = _error(repositories, "apps/app")
    assert f"inside the repository at `{repo.path}`" in error.reason
    assert "top folder" in error.help
    assert "inside the repository" in _error(repositories, "apps/.git/objects").reason


def test_an_empty_repository_resolves_nothing(repo: GitRepo, repositories: GitRepositories) -> None:
    repository = repositories.open(repo.url)
    assert [repository.resolve(revision) for revision in ("HEAD", "main", "0" * 40)] == [None] * 3


def test_linked_work_trees_and_their_own_head(repo: GitRepo, tmp_path: Path, repositories: GitRepositories) -> None:
    first = repo.commit({"a": "1"})
    repo.commit({"a": "2"})
    repo.git("worktree", "add", "-q", "--detach", str(tmp_path / "linked"), first)
    assert repositories.open("linked").resolve("HEAD") == first


def test_a_pipelines_checkout_without_local_branches(
    repo: GitRepo, tmp_path: Path, repositories: GitRepositories
) -> None:
    first = repo.commit({"a": "1"})
    feature = repo.commit({"a": "2"}, branch="feature/x")
    run_git(tmp_path, "clone", "-q", repo.url, "clone")
    run_git(tmp_path / "clone", "checkout", "-q", "--detach")
    run_git(tmp_path / "clone", "branch", "-D", "main")
    repository = repositories.open("clone")
    assert repository.resolve("main") == first
    assert repository.resolve("feature/x") == feature
    assert repository.resolve("origin/feature/x") == feature
    assert repository.resolve("origin/absent") is None
    assert repository.branches_with(first) == ("feature/x", "main")
    run_git(tmp_path / "clone", "branch", "feature/x", first)
    assert repository.resolve("feature/x") == first, "a local branch comes first"
    assert repository.resolve("origin/feature/x") == feature


def test_a_shallow_clone_says_that_the_parent_is_missing(
    repo: GitRepo, tmp_path: Path, repositories: GitRepositories
) -> None:
    first = repo.commit({"a": "1"})
    second = repo.commit({"b": "1"})
    third = repo.commit({"a": "2"})
    run_git(tmp_path, "clone", "-q", "--depth=2", repo.url, "shallow")
    repository = repositories.open("shallow")
    assert repository.changed_paths(third) == ("a",)
    assert repository.commit(second).parents == (first,)
    with pytest.raises(RepositoryError, match="shallow clone") as error:
        repository.changed_paths(second)
    assert "--unshallow" in error.value.help
    assert repository.resolve(first) is None
    assert repository.resolve("main~1") == second
    assert repository.resolve("main~2") is None


def test_tags_of_tags_and_tags_of_no_commit(repo: GitRepo, repositories: GitRepositories) -> None:
    sha = repo.commit({"a": "1"})
    repo.tag("one", sha, message="annotated")
    repo.tag("two", "one", message="a tag of a tag")
    repo.tag("tree", f"{sha}^{{tree}}")
    repo.tag("blob", f"{sha}:a", message="a file")
    repository = repositories.open("apps")
    assert repository.resolve("two") == sha
    assert repository.resolve("tree") is None
    assert repository.resolve("blob") is None
    assert "one" in repository.tags_at(sha)


def test_an_abbreviation_of_two_commits_is_an_error_and_of_two_files_is_none(
    repo: GitRepo, repositories: GitRepositories
) -> None:
    # The numbers were searched for: these messages and contents give names with equal beginnings.
    tree = repo.git("mktree", stdin=b"")
    one, other = (repo.git("commit-tree", "-m", message, tree) for message in ("82", "320"))
    files = [repo.git("hash-object", "-w", "--stdin", stdin=text) for text in (b"142", b"784")]
    assert one[:4] == other[:4]
    assert files[0][:4] == files[1][:4]
    repository = repositories.open("apps")
    with pytest.raises(RepositoryError, match=f"`{one[:4]}` stands for 2 commits") as error:
        repository.resolve(one[:4])
    assert "more digits" in error.value.help
    assert repository.resolve(one[:12]) == one
    assert repository.resolve(files[0][:4]) is None


@pytest.mark.skipif(os.getuid() != 0, reason="giving a folder to another user takes root")
def test_a_folder_of_another_user(repo: GitRepo, repositories: GitRepositories) -> None:
    repo.commit({"a": "1"})
    for folder in (repo.path, repo.path / ".git"):
        os.chown(folder, 12345, 12345)
    error = _error(repositories, "apps")
    assert "another user" in error.reason
    assert f"safe.directory {repo.path}" in error.help


def test_git_that_is_missing_too_old_or_broken(repo: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    for script, reason in (
        (None, "`git` was not found"),
        ("echo git version 2.30.9", "2.31 or newer is needed, found `git version 2.30.9`"),
        ("echo hello", "found `hello`"),
        ("echo oops >&2; exit 3", "`git version` failed"),
    ):
        if script is not None:
            (folder / "git").write_text(f"#!/bin/sh\n{script}\n")
            (folder / "git").chmod(0o755)
        with GitRepositories({}, tmp_path / "cache", base=tmp_path, timeout=30) as repositories:
            error = _error(repositories, "apps")
        assert reason in error.reason
        assert error.help


def test_a_partial_checkout_fetches_many_files_in_one_connection(daemon: GitDaemon, tmp_path: Path) -> None:
    served = GitRepo(tmp_path / "served" / "apps")
    sha = served.commit({f"app/{n}.yaml": f"v{n}" for n in range(50)} | {"other/x": "1", "other/y": "2"})
    daemon.clone("apps", tmp_path / "clone", "--filter=blob:none", "--no-checkout")
    with GitRepositories({}, tmp_path / "cache", base=tmp_path, timeout=30) as repositories:
        repository = repositories.open("clone")
        before = daemon.connections
        assert [repository.read(sha, f"app/{n}.yaml") for n in range(50)] == [f"v{n}".encode() for n in range(50)]
        assert daemon.connections == before + 1
        repository.prefetch(sha, ["other/x", "other/y", "other/absent", "other"])
        assert repository.read(sha, "other/y") == b"2"
        assert len(repository.entries(sha, "")) == 52
        assert daemon.connections == before + 2


def test_a_partial_checkout_offline_says_what_is_missing(daemon: GitDaemon, tmp_path: Path) -> None:
    served = GitRepo(tmp_path / "served" / "apps")
    sha = served.commit({"app/a": "1"})
    daemon.clone("apps", tmp_path / "clone", "--filter=blob:none", "--no-checkout")
    before = daemon.connections
    with GitRepositories({}, tmp_path / "cache", base=tmp_path, fetch=False) as repositories:
        repository = repositories.open("clone")
        assert repository.changed_paths(sha) == ("app/a",)
        for ask in (lambda: repository.read(sha, "app/a"), lambda: repository.entries(sha, "")):
            with pytest.raises(RepositoryError, match="partial clone") as error:
                ask()
            assert "--checkout URL=PATH" in error.value.help
        assert repository.resolve("1" * 40) is None
    assert daemon.connections == before
