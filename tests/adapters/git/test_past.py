"""Whether a commit comes after another, and what finding out costs."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.git import GitRepositories
from adapters.git.overwritten import overwritten
from adapters.git.past import is_after
from adapters.yaml import SpliceEditor
from engine.execute.spec import TargetSpec
from engine.plan.ports import CommitInfo, RepositoryError
from tests.adapters.execute_contracts.applications_contract import source_of, values
from tests.support.gitrepo import GitRepo

URL = "https://git.example.com/shop/apps.git"
TARGET = TargetSpec(
    key="shop-qa", name="shop-qa", namespace="", project="shop", runtime="", repo_url=URL, branch="main", folder="qa"
)


class Graph:
    """A repository of nothing but parents, which counts what is asked of it."""

    def __init__(self, parents: list[list[int]]) -> None:
        self.parents = parents
        self.looked = 0
        self.asked = 0

    def commit(self, sha: str) -> CommitInfo:
        self.looked += 1
        return CommitInfo(sha, "", "", "", "", tuple(map(str, self.parents[int(sha)])))

    def is_ancestor(self, earlier: str, later: str) -> bool:
        self.asked += 1
        return int(earlier) in past_of(self.parents)[int(later)]


def past_of(parents: list[list[int]]) -> list[set[int]]:
    past: list[set[int]] = []
    for number, those in enumerate(parents):
        past.append({number}.union(*(past[parent] for parent in those)))
    return past


@st.composite
def graphs(draw: st.DrawFn) -> list[list[int]]:
    size = draw(st.integers(1, 12))
    return [draw(st.lists(st.integers(0, n - 1), max_size=3, unique=True)) if n else [] for n in range(size)]


@settings(max_examples=200)
@given(graphs(), st.sampled_from([1, 2, 256]))
def test_the_past_is_what_walking_every_parent_finds(parents: list[list[int]], near: int) -> None:
    past = past_of(parents)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("adapters.git.past._NEAR", near)
        for later in range(len(parents)):
            for earlier in range(len(parents)):
                assert is_after(Graph(parents), str(later), str(earlier)) is (earlier in past[later])


def test_a_long_past_is_not_walked_for_a_commit_next_to_it() -> None:
    graph = Graph([[n - 1] if n else [] for n in range(5_000)])
    assert is_after(graph, "4999", "4990")
    assert not is_after(graph, "4990", "4999")
    assert (graph.looked < 50, graph.asked) == (True, 0)


def test_commits_that_are_far_apart_cost_one_question_to_git() -> None:
    line = [[n - 1] if n else [] for n in range(2_000)]
    graph = Graph([*line, [999]])  # and a commit beside the line
    assert is_after(graph, "1999", "10")
    assert (graph.looked <= 512, graph.asked) == (True, 1)
    assert not is_after(graph, "1999", "2000")
    assert (graph.looked <= 1024, graph.asked) == (True, 2)


class Counted:
    """A real repository, which counts the commits that are looked at."""

    def __init__(self, repository: object) -> None:
        self._repository = repository
        self.looked = 0

    def __getattr__(self, name: str) -> object:
        return getattr(self._repository, name)

    def commit(self, sha: str) -> CommitInfo:
        self.looked += 1
        return self._repository.commit(sha)  # type: ignore[attr-defined, no-any-return]


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    return GitRepo(tmp_path / "apps", bare=True)


def test_git_answers_about_real_commits(repo: GitRepo, tmp_path: Path) -> None:
    old = repo.commit({"a": "1"})
    new = repo.commit({"a": "2"})
    side = repo.commit({"b": "1"}, branch="side", parents=[old])
    with GitRepositories({URL: repo.path}, tmp_path / "cache", base=tmp_path) as repositories:
        repository = repositories.open(URL)
        found = [repository.is_ancestor(*pair) for pair in ((old, new), (new, old), (new, new), (side, new))]
        assert found == [True, False, True, False]
        with pytest.raises(RepositoryError, match="there is no commit"):
            repository.is_ancestor("0" * 40, new)
        with pytest.raises(RepositoryError, match="there is no commit"):
            repository.is_ancestor("--help", new)


def test_who_took_a_value_back_is_found_without_walking_what_was_before(
    repo: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.git.past._NEAR", 8)
    for number in range(60):
        start = repo.commit({"qa/values.yaml": values("1"), "README.md": str(number)})
    ours = repo.commit({"qa/values.yaml": values("2")})
    side = repo.commit({"other": "1"}, branch="side", parents=[start])
    later = repo.commit({"qa/values.yaml": values("2", replicas=3)})
    culprit = repo.commit({"qa/values.yaml": values("1", replicas=3)})
    merged = repo.commit({"other": "1"}, parents=[side, culprit])
    head = repo.commit({"README.md": "later"})
    with GitRepositories({URL: repo.path}, tmp_path / "cache", base=tmp_path) as repositories:
        counted = Counted(repositories.open(URL))
        found = overwritten(counted, SpliceEditor(), TARGET, source_of(TARGET), ours, head)  # type: ignore[arg-type]
        assert found is not None
        assert (found.commit, found.path) == (culprit, "qa/values.yaml")
        assert merged != culprit
        assert later != culprit
        # What is older than the commit is sixty commits, which the side branch leads to.
        assert counted.looked < 40
        assert overwritten(counted, SpliceEditor(), TARGET, source_of(TARGET), ours, later) is None  # type: ignore[arg-type]
