"""Others push while promo does."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import adapters.git.changes.workshop as workshop
from adapters.git.changes import GitChanges
from adapters.git.changes.landing import Patience
from adapters.git.pushing import Moved, RefUpdate, push
from adapters.git.upstream import Upstream
from engine.execute.errors import RetryableError, TerminalError
from engine.execute.ports import Landed, Proposed
from engine.model.entities import PromotedFile
from tests.adapters.execute_contracts.changes_contract import DEV, QA, QA_PROMOTED, START, run
from tests.adapters.git.changes.conftest import GitWorld, write_hook
from tests.support.changes import promotion
from tests.support.gitrepo import GitRepo

AT_ONCE = Patience(sleep=lambda _: None)


@pytest.fixture
def before_push(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object], int], None]:
    """Have something done right before the first pushes, when everything has been read."""

    def arrange(action: Callable[[], object], times: int = 1) -> None:
        left = [times]

        def pushing(upstream: Upstream, folder: Path, updates: Sequence[RefUpdate]) -> Moved | None:
            if left[0]:
                left[0] -= 1
                action()
            return push(upstream, folder, updates)

        monkeypatch.setattr(workshop, "push", pushing)

    return arrange


@pytest.mark.parametrize("name", ["bare", "served"])
def test_the_edit_is_made_anew_on_what_others_pushed(
    name: str, request: pytest.FixtureRequest, before_push: Callable[..., None]
) -> None:
    world: GitWorld = request.getfixturevalue(name)
    start = world.commit(START)
    theirs = QA.replace("# of qa", "# of qa, edited").replace("replicas: 5", "replicas: 6")
    before_push(lambda: world.commit({"qa/values.yaml": theirs, "other.txt": "y\n"}))
    landed = run(world.changes().commit(promotion(world.url, start, head=start)))
    assert landed.changed
    assert world.read("qa/values.yaml") == theirs.replace("'1'", "'2'").encode()
    assert world.read("other.txt") == b"y\n"
    newest, other, first = world.log()
    assert (newest.parents, other.parents, first.sha) == ((other.sha,), (start,), start)


def test_a_promoted_value_that_others_changed_is_shown(bare: GitWorld, before_push: Callable[..., None]) -> None:
    start = bare.commit(START)
    before_push(lambda: bare.commit({"qa/values.yaml": QA.replace("'1'", "'hotfix'")}))
    with pytest.raises(TerminalError) as caught:
        run(bare.changes().commit(promotion(bare.url, start, head=start)))
    for told in ("`qa/values.yaml` at `$['image']['tag']`", 'was `"1"`', 'is now `"hotfix"`', 'is to be `"2"`'):
        assert told in caught.value.reason
    assert bare.read("qa/values.yaml") == QA.replace("'1'", "'hotfix'").encode()


def test_a_promoted_value_that_was_right_and_no_longer_is(bare: GitWorld, before_push: Callable[..., None]) -> None:
    start = bare.commit({**START, "dev/b.yaml": "b: 1\n", "qa/b.yaml": "b: 1\n"})
    files = (PromotedFile("values.yaml", ("$.image.tag",)), PromotedFile("b.yaml", ("$.b",)))
    before_push(lambda: bare.commit({"qa/b.yaml": "b: 3\n"}))
    with pytest.raises(TerminalError, match=r"`qa/b.yaml` at `\$\['b'\]` was `1`, is now `3`, and is to be `1`"):
        run(bare.changes().commit(promotion(bare.url, start, head=start, files=files)))


def test_a_whole_file_that_others_changed_is_shown(bare: GitWorld, before_push: Callable[..., None]) -> None:
    start = bare.commit(START)
    before_push(lambda: bare.commit({"qa/values.yaml": QA + "more: 1\n"}))
    with pytest.raises(TerminalError, match=r"`qa/values.yaml` was the file with SHA-256"):
        run(bare.changes().commit(promotion(bare.url, start, head=start, files=None)))


def test_a_value_that_others_made_what_it_was_to_become(bare: GitWorld, before_push: Callable[..., None]) -> None:
    start = bare.commit(START)
    moved: list[str] = []
    before_push(lambda: moved.append(bare.commit({"qa/values.yaml": QA_PROMOTED})))
    assert run(bare.changes().commit(promotion(bare.url, start, head=start))) == Landed(moved[0], False)


def test_a_worker_that_did_the_same_is_adopted(bare: GitWorld, before_push: Callable[..., None]) -> None:
    start = bare.commit(START)
    change = promotion(bare.url, start, head=start)
    other = bare.changes()
    landed: list[Landed] = []
    before_push(lambda: landed.append(run(other.commit(change))))
    assert run(bare.changes().commit(change)) == landed[0]
    assert len(bare.log()) == 2


def test_a_branch_that_was_set_back_is_not_restored(bare: GitWorld, before_push: Callable[..., None]) -> None:
    """A plain push would be a fast-forward, and bring back what somebody took away."""
    first = bare.commit(START)
    start = bare.commit({"other.txt": "removed soon\n"})
    before_push(lambda: bare.repo.branch("main", first))
    run(bare.changes().commit(promotion(bare.url, start)))
    assert [commit.sha for commit in bare.log()][1:] == [first]
    assert bare.read("other.txt") == b"x\n"


def test_who_is_always_late_gives_up_for_now(
    bare: GitWorld, before_push: Callable[..., None], make_changes: Callable[..., GitChanges]
) -> None:
    start = bare.commit(START)
    numbers = iter(range(100))
    before_push(lambda: bare.commit({"other.txt": f"{next(numbers)}\n"}), 100)
    pauses: list[float] = []
    changes = make_changes(patience=Patience(sleep=pauses.append))
    with pytest.raises(RetryableError, match="10 times in a row"):
        run(changes.commit(promotion(bare.url, start, head=start)))
    assert next(numbers) == 10
    assert len(pauses) == 10
    assert max(pauses) <= 2.0


@pytest.mark.parametrize("name", ["bare", "served"])
def test_a_branch_that_moves_while_the_repository_takes_the_push(name: str, request: pytest.FixtureRequest) -> None:
    world: GitWorld = request.getfixturevalue(name)
    start = world.commit(START)
    world.repo.branch("later", world.commit({"other.txt": "y\n"}, branch="later"))
    write_hook(
        world.repo,
        "pre-receive",
        "[ -e taken ] || { touch taken; unset GIT_QUARANTINE_PATH; git update-ref refs/heads/main later; }",
    )
    landed = run(world.changes().commit(promotion(world.url, start, head=start)))
    assert landed.commit == world.head()
    assert world.read("other.txt") == b"y\n"
    assert world.read("qa/values.yaml") == QA_PROMOTED.encode()


def test_two_workers_propose_the_same(bare: GitWorld, before_push: Callable[..., None]) -> None:
    start = bare.commit(START)
    change = promotion(bare.url, start, head=start)
    other = bare.changes()
    before_push(lambda: run(other.propose(change)))
    assert isinstance(run(bare.changes().propose(change)), Proposed)
    assert len(bare.log(change.proposed)) == 2


WORKER = """
import asyncio, sys
from datetime import UTC, datetime
from pathlib import Path
from adapters.git import GitRepositories
from adapters.git.changes import GitChanges
from adapters.git.changes.landing import Patience
from adapters.git.changes.workshop import Committing
from adapters.git.identity import Identity
from adapters.yaml import SpliceEditor
from engine.execute.errors import RetryableError
from tests.support.changes import promotion

class Now:
    def now(self): return datetime.now(UTC)

url, start, cache, *folders = sys.argv[1:]

async def until_done(changes, folder):
    while True:
        try:
            return await changes.commit(promotion(url, start, head=start, folder=folder))
        except RetryableError:
            continue

async def main():
    with GitRepositories({}, Path(cache), timeout=60) as repositories:
        by = Committing(Identity("P", "p@example.com"), None, sign_as_git=False)
        changes = GitChanges(repositories, SpliceEditor(), Now(), by)
        await asyncio.gather(*(until_done(changes, folder) for folder in folders))

asyncio.run(main())
"""


def test_twenty_applications_of_four_processes_lose_nothing(served: GitWorld, tmp_path: Path) -> None:
    """Every folder is promoted by two processes, so that each meets its double as well."""
    folders = [f"env-{number}" for number in range(10)]
    start = served.commit({**START, **{f"{folder}/values.yaml": QA for folder in folders}})
    shares = [folders[:5], folders[5:], folders[:5], folders[5:]]
    script = tmp_path / "worker.py"
    script.write_text(WORKER)
    processes = [
        subprocess.Popen(
            [sys.executable, str(script), served.url, start, str(tmp_path / "cache"), *share],
            cwd=Path(__file__).parents[4],
            env=_python_environment(),
            stderr=subprocess.PIPE,
        )
        for share in shares
    ]
    for process in processes:
        _, complaint = process.communicate(timeout=120)
        assert process.returncode == 0, complaint.decode()
    assert all(served.read(f"{folder}/values.yaml") == QA_PROMOTED.encode() for folder in folders)
    log = served.log()
    assert len(log) == 1 + len(folders)
    assert all(len(commit.parents) == 1 for commit in log[:-1])


def test_a_worker_that_is_killed_after_its_push_commits_once(bare: GitWorld, tmp_path: Path) -> None:
    """The repository's hook kills it, so that it never learns that its push was taken."""
    start = bare.commit(START)
    script, number = tmp_path / "worker.py", tmp_path / "pid"
    script.write_text(WORKER)
    write_hook(bare.repo, "post-receive", f'kill -9 "$(cat {number})"')
    command = [sys.executable, str(script), bare.url, start, str(tmp_path / "cache"), "qa"]
    process = subprocess.Popen(command, env=_python_environment(), stderr=subprocess.DEVNULL)
    number.write_text(str(process.pid))
    assert process.wait(timeout=60) == -9
    assert len(bare.log()) == 2
    (bare.repo.path / "hooks/post-receive").unlink()
    subprocess.run(command, env=_python_environment(), check=True, timeout=60)
    assert len(bare.log()) == 2
    assert bare.read("qa/values.yaml") == QA_PROMOTED.encode()


def _python_environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path(__file__).parents[4])}


LINES = st.lists(
    st.sampled_from(
        ["# note", "", "extra: {a: 1,  b: 2}", "list:\n  - x   # odd", "text: \"tag: '1'\"", "on: yes", "n: 0x1F"]
    ),
    unique_by=lambda line: line.partition(":")[0],
    max_size=5,
)


@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(above=LINES, below=LINES, ending=st.sampled_from(["\n", "\r\n"]))
def test_bytes_outside_the_promoted_values_are_theirs(
    above: list[str],
    below: list[str],
    ending: str,
    tmp_path_factory: pytest.TempPathFactory,
    make_changes: Callable[..., GitChanges],
    before_push: Callable[..., None],
) -> None:
    repo = GitRepo(tmp_path_factory.mktemp("apps"), bare=True)
    world = GitWorld(repo, repo.url, make_changes)
    start = world.commit({"dev/values.yaml": DEV, "qa/values.yaml": QA})
    names = {line.partition(":")[0] for line in above if ":" in line}
    kept = [line for line in below if ":" not in line or line.partition(":")[0] not in names]
    value = "image:\n  tag: '1'   # promoted"
    theirs = "\n".join([*above, value, *kept, ""]).replace("\n", ending)
    before_push(lambda: world.commit({"qa/values.yaml": theirs}))
    run(world.changes().commit(promotion(world.url, start, head=start)))
    # Only the value after the key at the left margin is promoted, wherever the same text stands as well.
    at = theirs.index(value.replace("\n", ending))
    expected = theirs[:at] + theirs[at:].replace("'1'", "'2'", 1)
    assert world.read("qa/values.yaml") == expected.encode()
