"""A promotion as a commit in a large repository, from the question where the branch stands to the finished push."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import pytest

from adapters.git import GitRepositories
from adapters.git.changes import GitChanges
from adapters.git.changes.workshop import Committing
from adapters.git.identity import Identity
from adapters.yaml import SpliceEditor
from tests.bench.report import GIT_COMMIT, Report, verdict
from tests.support.changes import TickingClock, promotion
from tests.support.gitrepo import GitRepo, run_git

pytestmark = pytest.mark.bench

RUNS = 31
FILES = {f"apps/{number // 100}/{number % 100}.yaml": f"n: {number}\n" for number in range(10_000)}
QA = "image:\n  tag: '0' # promoted\n"

Promote = Callable[[int], None]
"""Makes the promotion with a number."""


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> GitRepo:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    found = GitRepo(tmp_path / "apps", bare=True)
    found.commit({**FILES, "dev/values.yaml": "image:\n  tag: '0'\n", "qa/values.yaml": QA})
    found.git("repack", "-q", "-a", "-d")
    return found


def _tag(number: int) -> str:
    return f"1.0.{number}"


@contextmanager
def by_promo(repo: GitRepo, cache: Path, *, others: bool) -> Iterator[Promote]:
    """Promote with promo, whose releases begin at the branch's head, or some commits of others before it."""
    sources = [repo.commit({"dev/values.yaml": f"image:\n  tag: '{_tag(number)}'\n"}) for number in range(RUNS + 2)]
    author = Committing(Identity("P", "p@example.com"), None, sign_as_git=False)
    with GitRepositories({}, cache, timeout=30) as repositories:
        changes = GitChanges(repositories, SpliceEditor(), TickingClock(), author)

        def promote(number: int) -> None:
            head = sources[0] if others else repo.git("rev-parse", "main")
            change = promotion(repo.url, sources[number], head=head, release=f"rel-{number}")
            began.append((time.perf_counter(), _cpu()))
            landed = asyncio.run(changes.commit(change))
            assert landed.changed

        yield promote


@contextmanager
def by_hand(repo: GitRepo, folder: Path) -> Iterator[Promote]:
    """Promote with a clone, as a script does."""

    def promote(number: int) -> None:
        began.append((time.perf_counter(), _cpu()))
        clone = folder / str(number)
        run_git(folder, "clone", "-q", "--depth=1", repo.url, str(clone))
        values = clone / "qa/values.yaml"
        values.write_text(f"image:\n  tag: '{_tag(number)}' # promoted\n")
        run_git(clone, "commit", "-q", "-a", "-m", "promote")
        run_git(clone, "push", "-q", "origin", "main")

    yield promote


began: list[tuple[float, float]] = []
"""When the measured part of the last promotion began: wall clock and CPU, in seconds."""


def _cpu() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


@pytest.mark.parametrize("way", ["promo", "promo, others pushed since", "by hand"])
def test_one_promotion(way: str, repo: GitRepo, tmp_path: Path, report: Report) -> None:
    if way == "by hand":
        (tmp_path / "clones").mkdir()
        ways = by_hand(repo, tmp_path / "clones")
    else:
        ways = by_promo(repo, tmp_path / "cache", others=way != "promo")
    walls, cpus = [], []
    with ways as promote:
        for number in range(1, RUNS + 2):
            promote(number)
            wall, cpu = began[-1]
            walls.append((time.perf_counter() - wall) * 1e3)
            cpus.append((_cpu() - cpu) * 1e3)
            assert _tag(number) in repo.git("show", "main:qa/values.yaml")
    walls, cpus = walls[1:], cpus[1:]  # the first one starts the processes that stay
    met = verdict(median(walls) <= 40, "<= 40") if way == "promo" else ""
    report.add(GIT_COMMIT, way, f"{median(walls):.1f}", f"{min(walls):.1f}", f"{median(cpus):.1f}", met)
