"""The behaviour of the ports, held by the Git adapter in every form of repository and by the in-memory stand-in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from adapters.git import GitRepositories
from engine.plan.ports import EntryKind, Repositories, Repository, RepositoryError
from tests.support.content import Content, Executable, Link, Module
from tests.support.gitdaemon import GitDaemon
from tests.support.gitrepo import GitRepo
from tests.support.memory_repositories import MemoryRepositories, MemoryRepository

Commit = Callable[..., str]


class World:
    """A repository under construction, and how it is read once it is complete."""

    def __init__(
        self, commit: Commit, builder: GitRepo | MemoryRepository, read: Callable[[], Repository], digits: int = 40
    ) -> None:
        self.commit = commit
        self.tag = builder.tag
        self.branch = builder.branch
        self.read = read
        self.module = Module("1" * digits)


@pytest.fixture(params=["memory", "worktree", "bare-sha256", "mirror"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    if request.param == "memory":
        memory = MemoryRepository("https://example.com/apps.git")
        found: Repositories = MemoryRepositories(memory)
        yield World(memory.commit_files, memory, lambda: found.open("https://example.com/apps"))
        return
    sha256 = request.param == "bare-sha256"
    path = tmp_path / "served" / "apps"
    repo = GitRepo(path, bare=request.param != "worktree", object_format="sha256" if sha256 else "sha1")
    with ExitStack() as stack:
        url = repo.url
        if request.param == "mirror":
            url = stack.enter_context(GitDaemon(path.parent)).url("apps")
        repositories = stack.enter_context(GitRepositories({}, tmp_path / "cache", timeout=30))
        yield World(repo.commit, repo, lambda: repositories.open(url), 64 if sha256 else 40)


def test_text_and_bytes_are_read_as_committed(world: World) -> None:
    files: Mapping[str, Content] = {"a.txt": "käse\n", "b.bin": b"\0\xff\r\n", "empty": "", "run": Executable("#!")}
    sha = world.commit(files)
    repository = world.read()
    assert [repository.read(sha, path) for path in files] == ["käse\n".encode(), b"\0\xff\r\n", b"", b"#!"]


def test_only_regular_files_have_content(world: World) -> None:
    sha = world.commit({"d/f": "x", "link": Link("d/f"), "module": world.module})
    repository = world.read()
    for path in (
        "d",
        "link",
        "module",
        "absent",
        "d/absent",
        "d/f/",
        "/d/f",
        "d//f",
        "./d/f",
        "d/../d/f",
        "",
        "link/f",
    ):
        assert repository.read(sha, path) is None, path


def test_older_contents_stay_readable(world: World) -> None:
    first = world.commit({"v": "1"})
    second = world.commit({"v": "2"})
    third = world.commit({"v": None, "w": "3"})
    repository = world.read()
    assert [repository.read(sha, "v") for sha in (first, second, third)] == [b"1", b"2", None]


def test_entries_are_sorted_and_say_kind_and_size(world: World) -> None:
    sha = world.commit({"z": "12", "app/x.yaml": "1", "app/sub/y": "123", "app/link": Link("x.yaml")})
    repository = world.read()
    found = [(entry.path, entry.kind, entry.size) for entry in repository.entries(sha, "app")]
    assert found == [
        ("app/link", EntryKind.SYMLINK, 6),
        ("app/sub/y", EntryKind.FILE, 3),
        ("app/x.yaml", EntryKind.FILE, 1),
    ]
    assert [entry.path for entry in repository.entries(sha, "")] == ["app/link", "app/sub/y", "app/x.yaml", "z"]
    assert repository.entries(sha, ".") == repository.entries(sha, "")
    assert repository.entries(sha, "app/") == repository.entries(sha, "app")


def test_a_submodule_is_an_entry_without_size(world: World) -> None:
    sha = world.commit({"app/a": "1", "module": world.module})
    assert [(e.path, e.kind, e.size) for e in world.read().entries(sha, "")][-1] == ("module", EntryKind.SUBMODULE, 0)


def test_folders_that_are_none_have_no_entries(world: World) -> None:
    sha = world.commit({"app/a": "1", "application/b": "2"})
    repository = world.read()
    for folder in ("ap", "absent", "app/a", "/", "/app", "..", "app/..", "app//"):
        assert repository.entries(sha, folder) == (), folder
    assert [entry.path for entry in repository.entries(sha, "app")] == ["app/a"]


def test_entries_sort_by_the_whole_path_not_by_folder(world: World) -> None:
    sha = world.commit({"a/b": "1", "a.b": "2", "a-b": "3", "a0": "4"})
    assert [entry.path for entry in world.read().entries(sha, "")] == ["a-b", "a.b", "a/b", "a0"]


def test_changed_paths_of_root_change_rename_and_removal(world: World) -> None:
    root = world.commit({"a": "1", "d/b": "2", "d/c": "3"})
    change = world.commit({"a": "9", "d/b": None, "moved": "2"})
    nothing = world.commit({}, message="empty")
    repository = world.read()
    assert repository.changed_paths(root) == ("a", "d/b", "d/c")
    assert repository.changed_paths(change) == ("a", "d/b", "moved")
    assert repository.changed_paths(nothing) == ()


def test_changed_paths_where_a_folder_becomes_a_file_and_back(world: World) -> None:
    world.commit({"x/a": "1", "x/b/c": "2", "y": "3"})
    sha = world.commit({"x": "now a file", "y": None, "y/z": "now a folder"})
    assert world.read().changed_paths(sha) == ("x", "x/a", "x/b/c", "y", "y/z")


def test_changed_paths_see_mode_and_kind(world: World) -> None:
    world.commit({"a": "1", "b": "1"})
    sha = world.commit({"a": Executable("1"), "b": Link("1")})
    assert world.read().changed_paths(sha) == ("a", "b")


def test_a_merge_is_compared_with_its_first_parent(world: World) -> None:
    base = world.commit({"a": "1"})
    side = world.commit({"side": "1"}, branch="side")
    main = world.commit({"main": "1"})
    merge = world.commit({"side": "1"}, parents=[main, side])
    repository = world.read()
    assert repository.changed_paths(merge) == ("side",)
    assert repository.commit(merge).parents == (main, side)
    assert repository.commit(base).parents == ()
    assert repository.resolve("main^2") == side
    assert repository.resolve("main^2~1") == base
    assert repository.resolve("main~5") is None


def test_the_record_of_a_commit(world: World) -> None:
    date = datetime(2026, 11, 2, 9, 30, tzinfo=timezone(timedelta(hours=1)))
    sha = world.commit({"a": "1"}, message="Subject\n\nBody ünïcode", author="Zoë", email="zoe@x.org", date=date)
    info = world.read().commit(sha)
    assert (info.sha, info.author, info.email) == (sha, "Zoë", "zoe@x.org")
    assert info.date == "2026-11-02T09:30:00+01:00"
    assert info.message == "Subject\n\nBody ünïcode"


def test_dates_keep_negative_and_half_hour_zones(world: World) -> None:
    west = world.commit({"a": "1"}, date=datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=-3, minutes=-30))))
    utc = world.commit({"a": "2"}, date=datetime(2026, 1, 1, tzinfo=UTC))
    repository = world.read()
    assert repository.commit(west).date == "2026-01-01T00:00:00-03:30"
    assert repository.commit(utc).date == "2026-01-01T00:00:00+00:00"


def test_branches_tags_and_object_names_resolve(world: World) -> None:
    first = world.commit({"a": "1"})
    second = world.commit({"a": "2"})
    world.branch("release/1.x", first)
    world.tag("v1", first)
    world.tag("v2", second, message="annotated")
    repository = world.read()
    expected: dict[str, Any] = {
        "HEAD": second,
        "@": second,
        "main": second,
        "refs/heads/main": second,
        "release/1.x": first,
        "v1": first,
        "v2": second,
        "refs/tags/v2": second,
        first: first,
        first.upper(): first,
        first[:12]: first,
        "HEAD~1": first,
        "main^": first,
    }
    assert {revision: repository.resolve(revision) for revision in expected} == expected


NO_COMMITS = (
    *("", "absent", "v", "mai", "Main", "heads", "--all", "-n1", "--output=x", "main:a", "main..main", "main@{0}"),
    *("@{-1}", ":/c", "main^{tree}", "^main", "main file", "main\nHEAD", "main\0", "a" * 2000, "refs/", "/main"),
    *("main/", "0" * 12, "fffffff", "*", "ma*", "~1", "ma\udcffin", "ma\ud800in", "HEAD^99999", "HEAD~99999"),
)


def test_what_names_no_commit_is_none(world: World) -> None:
    world.commit({"a": "1"})
    repository = world.read()
    assert [revision for revision in NO_COMMITS if repository.resolve(revision) is not None] == []


def test_a_branch_wins_over_a_tag_of_its_name(world: World) -> None:
    first = world.commit({"a": "1"})
    second = world.commit({"a": "2"})
    world.branch("both", first)
    world.tag("both", second)
    repository = world.read()
    assert repository.resolve("both") == first
    assert repository.resolve("refs/tags/both") == second


def test_a_branch_that_looks_like_an_object_name_wins_over_an_abbreviation(world: World) -> None:
    first = world.commit({"a": "1"})
    second = world.commit({"a": "2"})
    world.branch(first[:8], second)
    assert world.read().resolve(first[:8]) == second


def test_branches_and_tags_of_a_commit(world: World) -> None:
    first = world.commit({"a": "1"})
    side = world.commit({"b": "1"}, branch="side/one")
    main = world.commit({"a": "2"})
    world.tag("plain", first)
    world.tag("annotated", first, message="note")
    world.tag("other", main)
    repository = world.read()
    assert repository.branches_with(first) == ("main", "side/one")
    assert repository.branches_with(side) == ("side/one",)
    assert repository.branches_with(main) == ("main",)
    assert repository.tags_at(first) == ("annotated", "plain")
    assert repository.tags_at(side) == ()


def test_reading_at_what_is_no_commit_is_an_error(world: World) -> None:
    world.commit({"a": "1"})
    repository = world.read()
    for sha in ("0" * 40, "main", "HEAD", "", "--all"):
        for ask in (
            lambda sha: repository.commit(sha),
            lambda sha: repository.read(sha, "a"),
            lambda sha: repository.entries(sha, ""),
            lambda sha: repository.changed_paths(sha),
            lambda sha: repository.branches_with(sha),
            lambda sha: repository.tags_at(sha),
        ):
            with pytest.raises(RepositoryError) as error:
                ask(sha)
            assert error.value.help


def test_names_that_are_not_utf8_and_names_that_need_quotes(world: World) -> None:
    names = ["caf\udce9", 'qu"ote\\', "sp ace", "tab\there", "ümlaut", "*", "[a]", "-dash", ":(top)x", "new\nline"]
    sha = world.commit({f"d/{name}": name.encode("utf-8", "surrogateescape") for name in names})
    repository = world.read()
    assert sorted(entry.path for entry in repository.entries(sha, "d")) == sorted(f"d/{name}" for name in names)
    for name in names:
        assert repository.read(sha, f"d/{name}") == name.encode("utf-8", "surrogateescape")
    assert repository.changed_paths(sha) == tuple(sorted(f"d/{name}" for name in names))
    assert repository.read(sha, "d/\ud800") is None


def test_the_address_is_the_one_that_was_asked_for(world: World) -> None:
    world.commit({"a": "1"})
    repository = world.read()
    assert repository.url
    assert "@" not in repository.url
