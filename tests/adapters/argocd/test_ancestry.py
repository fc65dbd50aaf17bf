"""What the landing rule asks of real repositories."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.argocd.ancestry import GitAncestry, Stand
from adapters.git import GitRepositories
from adapters.yaml import SpliceEditor
from engine.execute.spec import TargetSpec
from tests.adapters.execute_contracts.applications_contract import source_of, values
from tests.support.gitdaemon import GitDaemon
from tests.support.gitrepo import GitRepo

URL = "https://git.example.com/shop/apps.git"
TARGET = TargetSpec(
    key="shop-qa", name="shop-qa", namespace="", project="shop", runtime="", repo_url=URL, branch="main", folder="qa"
)
SOURCE = source_of(TARGET)


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    return GitRepo(tmp_path / "apps", bare=True)


@pytest.fixture
def ancestry(repo: GitRepo, tmp_path: Path) -> GitAncestry:
    return GitAncestry(GitRepositories({URL: repo.path}, tmp_path / "cache", base=tmp_path), SpliceEditor())


def test_a_line_of_commits(repo: GitRepo, ancestry: GitAncestry) -> None:
    old = repo.commit({"qa/values.yaml": values("1")})
    ours = repo.commit({"qa/values.yaml": values("2")})
    later = repo.commit({"qa/values.yaml": values("2", replicas=3)})
    undone = repo.commit({"qa/values.yaml": values("1", replicas=3)})

    def stand(live: str) -> Stand:
        return ancestry.standing(TARGET, SOURCE, ours, live).stand

    found = [stand(live) for live in (old, ours, later, undone)]
    assert found == [Stand.BEFORE, Stand.HAS, Stand.HAS, Stand.OVERWRITTEN]
    assert found == [stand(live) for live in (old, ours, later, undone)]
    assert undone[:10] in ancestry.standing(TARGET, SOURCE, ours, undone).detail
    assert ancestry.standing(TARGET, None, ours, undone).stand is Stand.HAS
    assert stand("0" * 40) is Stand.UNKNOWN
    assert stand("main") is Stand.UNKNOWN


def test_another_line_does_not_have_it(repo: GitRepo, ancestry: GitAncestry) -> None:
    old = repo.commit({"qa/values.yaml": values("1")})
    ours = repo.commit({"qa/values.yaml": values("2")})
    side = repo.commit({"README.md": "side"}, branch="side", parents=[old])
    merged = repo.commit({}, branch="side", parents=[side, ours])
    assert ancestry.standing(TARGET, SOURCE, ours, side).stand is Stand.BEFORE
    assert ancestry.contains(URL, ours, merged)
    assert not ancestry.contains(URL, merged, ours)


def test_a_commit_that_was_pushed_after_the_copy_was_made(repo: GitRepo, tmp_path: Path) -> None:
    ours = repo.commit({"qa/values.yaml": values("2")})
    with GitDaemon(repo.path.parent) as daemon:
        target = replace(TARGET, repo_url=daemon.url("apps"))
        ancestry = GitAncestry(GitRepositories({}, tmp_path / "cache", base=tmp_path, timeout=30), SpliceEditor())
        assert ancestry.standing(target, SOURCE, ours, ours).stand is Stand.HAS
        later = repo.commit({"README.md": "later"})
        assert ancestry.standing(target, SOURCE, ours, later).stand is Stand.HAS
        assert ancestry.head(target) == later


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (json.dumps({"drySha": "a" * 40}), "a" * 40),
        (json.dumps({"drySha": "main"}), ""),
        (json.dumps(["a" * 40]), ""),
        ("{", ""),
        ("[" * 100_000, ""),
    ],
)
def test_what_a_rendered_commit_was_made_from(repo: GitRepo, ancestry: GitAncestry, content: str, found: str) -> None:
    made = repo.commit({"hydrator.metadata": content})
    assert ancestry.dry_commit(URL, made, "qa") == found
    assert ancestry.dry_commit(URL, "0" * 40, "qa") == ""
    own = repo.commit({"qa/hydrator.metadata": json.dumps({"drySha": "b" * 40})})
    assert ancestry.dry_commit(URL, own, "qa") == "b" * 40
