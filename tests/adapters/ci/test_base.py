"""What a change is compared with, in real clones that are as shallow as those of runners."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.ci.base import find_base
from adapters.ci.failure import CiError
from adapters.ci.history import History
from tests.support.gitdaemon import GitDaemon
from tests.support.gitrepo import GitRepo, run_git


class World:
    """A repository with a change of two commits, a main branch that went on, and the merge a runner checks out.

    start -- later (main)
        \\-- change -- head (feature)
    merge: later and head
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.origin = GitRepo(folder / "served" / "gitops", bare=True)
        self.first = self.origin.commit({"README.md": "x\n"})
        self.start = self.origin.commit({"promo.toml": "", "a.promo": "environment dev { kind non-prod }\n"})
        self.origin.commit({"b.promo": "environment qa { kind non-prod }\n"}, branch="feature", parents=[self.start])
        self.head = self.origin.commit({"c.promo": "environment prod { kind prod }\n"}, branch="feature")
        self.later = self.origin.commit({"d.promo": "environment us { kind prod }\n"})
        self.merge = self.origin.commit({}, branch="merged", parents=[self.later, self.head])
        self.origin.tag("v1", self.start)
        self.url = ""

    def clone(self, commit: str, *, depth: int | None = 1) -> Path:
        """Check a commit out as runners do: fetch it alone, onto no branch."""
        folder = self.folder / "checkout"
        folder.mkdir()
        run_git(folder, "init", "-q", "--template=")
        run_git(folder, "remote", "add", "origin", self.url)
        depths = [f"--depth={depth}"] if depth is not None else []
        run_git(folder, "fetch", "-q", *depths, "origin", commit)
        run_git(folder, "checkout", "-q", "--detach", "FETCH_HEAD")
        return folder

    def event(self, **event: object) -> dict[str, str]:
        path = self.folder / "event.json"
        path.write_text(json.dumps(event))
        return {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_PATH": str(path)}

    def pull_request(self, base: str) -> dict[str, str]:
        return self.event(pull_request={"number": 1, "base": {"sha": base}, "head": {"sha": self.head}})


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    with GitDaemon(tmp_path / "served") as daemon:
        world.url = daemon.url("gitops")
        yield world


def test_a_pull_request_is_compared_with_what_it_is_merged_into(world: World) -> None:
    """Also where the event is older than the merge, and the checkout has one commit."""
    history = History(world.clone(world.merge))
    assert find_base(history, None, world.pull_request(world.start)) == world.later


@pytest.mark.parametrize("depth", [1, None])
def test_its_head_is_compared_with_where_it_left(world: World, depth: int | None) -> None:
    history = History(world.clone(world.head, depth=depth))
    assert find_base(history, None, world.pull_request(world.later)) == world.start


@pytest.mark.parametrize("base", ["main", "v1", "later"])
def test_a_base_that_is_given_is_compared_with_where_head_left_it(world: World, base: str) -> None:
    history = History(world.clone(world.head))
    assert find_base(history, world.later if base == "later" else base, {}) == world.start


def test_a_push_is_compared_with_what_was_there_before(world: World) -> None:
    history = History(world.clone(world.later))
    assert find_base(history, None, world.event(before=world.start)) == world.start


def test_a_new_branch_is_compared_with_where_it_left_the_default_one(world: World) -> None:
    history = History(world.clone(world.head))
    event = world.event(before="0" * 40, repository={"default_branch": "main"})
    assert find_base(history, None, event) == world.start
    gitlab = {"GITLAB_CI": "true", "CI_COMMIT_BEFORE_SHA": "0" * 40, "CI_DEFAULT_BRANCH": "main"}
    assert find_base(history, None, gitlab) == world.start


def test_gitlab_names_where_a_merge_request_left(world: World) -> None:
    history = History(world.clone(world.head))
    variables = {"GITLAB_CI": "true", "CI_MERGE_REQUEST_DIFF_BASE_SHA": world.start}
    assert find_base(history, None, variables) == world.start


@pytest.mark.parametrize("kind", ["merged_result", "merge_train"])
def test_gitlab_may_have_merged_it(world: World, kind: str) -> None:
    history = History(world.clone(world.merge))
    variables = {
        "GITLAB_CI": "true",
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": world.start,
        "CI_MERGE_REQUEST_EVENT_TYPE": kind,
    }
    assert find_base(history, None, variables) == world.later


def test_a_schedule_and_a_persons_machine_name_nothing(world: World) -> None:
    history = History(world.clone(world.later))
    assert find_base(history, None, world.event(schedule="0 3 * * *")) is None
    assert find_base(history, None, {}) is None


def test_a_base_that_is_not_there_is_said(world: World) -> None:
    history = History(world.clone(world.head))
    with pytest.raises(CiError, match="the base `nowhere` is not in this checkout") as caught:
        find_base(history, "nowhere", {})
    assert "fetch-depth: 0" in caught.value.help


@pytest.mark.parametrize("base", ["--upload-pack=touch", "+main", "main:refs/heads/x", "a b", "", "a\nb", "-"])
def test_a_base_that_is_no_name_never_reaches_git(world: World, base: str) -> None:
    history = History(world.clone(world.head))
    with pytest.raises(CiError, match="is no name of a branch"):
        find_base(history, base, {})


def test_what_has_no_history_in_common_is_said(world: World) -> None:
    world.origin.commit({"x": "y\n"}, branch="island", parents=[])
    history = History(world.clone(world.head))
    with pytest.raises(CiError, match="HEAD and the base `island` have no history in common"):
        find_base(history, "island", {})


def test_a_folder_without_a_repository_is_said(tmp_path: Path) -> None:
    with pytest.raises(CiError, match="not a Git repository"):
        History(tmp_path)


def test_a_workspace_that_is_new_is_known(world: World) -> None:
    folder = world.clone(world.head, depth=None)
    history = History(folder)
    assert history.has_workspace(world.start, folder)
    assert not history.has_workspace(world.first, folder)
    (folder / "inner").mkdir()
    assert not history.has_workspace(world.start, folder / "inner")
