"""Merges of promotions start no release; merges of people do."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.git import GitRepositories
from engine.model.entities import FlowUse, Product
from engine.plan.own_merges import merges_promotion
from engine.resolve import CommitFacts, choose_flow
from tests.support.gitrepo import GitRepo

PROMOTED = "Promote trio to qa\n\nPromo-Step: rel-1/qa/a/commit/1"


@pytest.mark.parametrize(
    ("message", "also", "own"),
    [(PROMOTED, None, True), (PROMOTED, "dev.yaml", False), ("a person's work", None, False)],
)
def test_a_merge_is_a_promotion_where_it_brings_nothing_else(
    tmp_path: Path, message: str, also: str | None, own: bool
) -> None:
    repo = GitRepo(tmp_path / "apps", bare=True)
    start = repo.commit({"qa.yaml": "1\n"})
    if also:
        repo.commit({also: "2\n"}, branch="promo/x", parents=[start])
    tip = repo.commit({"qa.yaml": "2\n"}, message=message, branch="promo/x")
    base = repo.commit({"other.txt": "x\n"})
    changed: dict[str, str] = {"qa.yaml": "2\n"} | ({also: "2\n"} if also else {})
    merge = repo.commit(changed, message="Merge pull request #1 from shop/promo/x", parents=[base, tip])
    with GitRepositories({}, tmp_path / "cache", base=tmp_path) as repositories:
        repository = repositories.open(repo.url)
        assert merges_promotion(repository, repository.commit(merge)) is own
        assert not merges_promotion(repository, repository.commit(tip))


def test_what_only_brings_a_promotion_triggers_nothing() -> None:
    product = Product("trio", (FlowUse("any"),))
    choice = choose_flow(product, CommitFacts("Merge pull request #1", promoted=True))
    assert (choice.flow, choice.own_commit) == (None, True)
    assert choose_flow(product, CommitFacts("Merge pull request #1")).flow == "any"
