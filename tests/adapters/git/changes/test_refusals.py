"""What repositories refuse, and what is told of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from adapters.git.changes import GitChanges
from engine.execute.errors import AdapterError, RetryableError, TerminalError
from engine.execute.ports import Landed
from tests.adapters.execute_contracts.changes_contract import QA, QA_PROMOTED, START, run
from tests.adapters.git.changes.conftest import GitWorld, write_hook
from tests.fakes.socket_thread import listening
from tests.support.changes import promotion
from tests.support.gitdaemon import GitDaemon
from tests.support.gitrepo import GitRepo, run_git


@pytest.mark.parametrize(
    ("hook", "script", "told"),
    [
        ("pre-receive", 'echo "no releases on Fridays" >&2; exit 1', "a hook refused"),
        ("update", 'echo "no releases on Fridays" >&2; exit 1', "a hook refused"),
        ("pre-receive", 'echo "GL-HOOK-ERR: You are not allowed to push code to protected branches" >&2; exit 1', ""),
        ("pre-receive", 'echo "error: GH006: Protected branch update failed for refs/heads/main." >&2; exit 1', ""),
        ("pre-receive", 'echo "Gitea: branch main is protected from push" >&2; exit 1', ""),
        ("pre-receive", 'echo "Not allowed to push to protected branch main" >&2; exit 1', ""),
    ],
)
@pytest.mark.parametrize("world", ["bare", "served"])
def test_a_hook_of_the_repository_has_the_last_word(
    world: str, hook: str, script: str, told: str, request: pytest.FixtureRequest
) -> None:
    found: GitWorld = request.getfixturevalue(world)
    start = found.commit(START)
    write_hook(found.repo, hook, script)
    with pytest.raises(TerminalError) as caught:
        run(found.changes().commit(promotion(found.url, start)))
    assert (told or "the branch `main` is protected") in caught.value.reason
    words = script.partition('"')[2].partition('"')[0]
    assert words in caught.value.reason
    assert "`action pr`" in caught.value.help
    assert found.head() == start


def test_a_hook_that_refuses_one_branch_lets_a_proposal_through(bare: GitWorld) -> None:
    start = bare.commit(START)
    write_hook(bare.repo, "update", '[ "$1" != refs/heads/main ]')
    change = promotion(bare.url, start)
    with pytest.raises(TerminalError):
        run(bare.changes().commit(change))
    run(bare.changes().propose(change))
    assert bare.read("qa/values.yaml", change.proposed) == QA_PROMOTED.encode()


def test_no_hook_of_this_side_runs(
    bare: GitWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make_changes: Callable[..., GitChanges]
) -> None:
    start = bare.commit(START)
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    (hooks / "pre-push").write_text("#!/bin/sh\nexit 1\n")
    (hooks / "pre-push").chmod(0o755)
    for number, (key, value) in enumerate([("core.hooksPath", str(hooks)), ("push.gpgSign", "true")]):
        monkeypatch.setenv(f"GIT_CONFIG_KEY_{number}", key)
        monkeypatch.setenv(f"GIT_CONFIG_VALUE_{number}", value)
    monkeypatch.setenv("GIT_CONFIG_COUNT", "2")
    assert run(bare.changes().commit(promotion(bare.url, start))).changed


class TestCheckedOut:
    """The target is a folder with a work tree, on the branch that is changed."""

    @pytest.fixture
    def folder(self, tmp_path: Path, make_changes: Callable[..., GitChanges]) -> GitWorld:
        repo = GitRepo(tmp_path / "folder")
        return GitWorld(repo, repo.url, make_changes)

    def test_it_is_refused_as_git_does(self, folder: GitWorld) -> None:
        start = folder.commit(START)
        with pytest.raises(TerminalError, match="is checked out there") as caught:
            run(folder.changes().commit(promotion(folder.url, start)))
        assert "receive.denyCurrentBranch updateInstead" in caught.value.help
        assert folder.head() == start

    def test_the_work_tree_follows_where_git_is_told_so(self, folder: GitWorld) -> None:
        start = folder.commit(START)
        folder.repo.git("config", "receive.denyCurrentBranch", "updateInstead")
        run(folder.changes().commit(promotion(folder.url, start)))
        assert (folder.repo.path / "qa/values.yaml").read_text() == QA_PROMOTED
        assert folder.repo.git("status", "--porcelain") == ""

    def test_a_work_tree_with_changes_is_not_touched(self, folder: GitWorld) -> None:
        start = folder.commit(START)
        folder.repo.git("config", "receive.denyCurrentBranch", "updateInstead")
        (folder.repo.path / "qa/values.yaml").write_text("mine\n")
        with pytest.raises(TerminalError, match="the work tree has changes"):
            run(folder.changes().commit(promotion(folder.url, start)))
        assert (folder.repo.path / "qa/values.yaml").read_text() == "mine\n"
        assert folder.head() == start

    def test_another_branch_of_it_just_moves(self, folder: GitWorld) -> None:
        start = folder.commit(START)
        folder.repo.git("checkout", "-q", "-b", "elsewhere")
        assert run(folder.changes().commit(promotion(folder.url, start))).commit == folder.head()
        assert (folder.repo.path / "qa/values.yaml").read_text() == QA

    def test_a_branch_that_only_the_remote_has_is_named(self, folder: GitWorld) -> None:
        start = folder.commit(START)
        folder.repo.git("update-ref", "refs/remotes/origin/stable", start)
        with pytest.raises(TerminalError) as caught:
            run(folder.changes().commit(promotion(folder.url, start, branch="stable")))
        assert f"git branch stable origin/stable` in {folder.repo.path}" in caught.value.help

    def test_a_linked_work_tree_shares_the_objects(
        self, folder: GitWorld, tmp_path: Path, make_changes: Callable[..., GitChanges]
    ) -> None:
        start = folder.commit(START)
        linked = tmp_path / "linked"
        folder.repo.git("worktree", "add", "-q", str(linked), "-b", "side")
        change = promotion(f"file://{linked}", start)
        folder.repo.git("config", "receive.denyCurrentBranch", "ignore")
        assert run(make_changes().commit(change)).commit == folder.head()


@pytest.mark.parametrize(
    ("branch", "told", "help_text"),
    [
        ("mian", "has no branch `mian`", "did you mean `main`?"),
        ("v1", "has no branch `v1`", "it is a tag"),
        ("a..b", "`a..b` is not the name of a branch", "let the application follow one"),
        ("--force", "`--force` is not the name of a branch", "let the application follow one"),
        ("main~1", "is not the name of a branch", "let the application follow one"),
    ],
)
def test_what_is_no_branch_is_told(bare: GitWorld, branch: str, told: str, help_text: str) -> None:
    start = bare.commit(START)
    bare.repo.tag("v1", start)
    with pytest.raises(TerminalError) as caught:
        run(bare.changes().commit(promotion(bare.url, start, branch=branch)))
    assert told in caught.value.reason
    assert help_text in caught.value.help


@pytest.mark.parametrize("branch", ["HEAD", "refs/heads/main"])
def test_other_names_of_a_branch_are_understood(served: GitWorld, branch: str) -> None:
    start = served.commit(START)
    assert run(served.changes().commit(promotion(served.url, start, branch=branch))).commit == served.head()


@pytest.mark.parametrize("proposed", ["a b", "-x", "x.lock", "../../heads/main", "HEAD", ""])
def test_a_proposal_needs_a_name(bare: GitWorld, proposed: str) -> None:
    start = bare.commit(START)
    change = promotion(bare.url, start, proposed=proposed or "HEAD")
    for call in (bare.changes().propose, lambda c: bare.changes().withdraw(c, "")):
        with pytest.raises(TerminalError, match="cannot be the name of a branch"):
            run(call(change))


def test_a_server_that_is_off_for_a_while(served: GitWorld, serving: GitDaemon) -> None:
    start = served.commit(START)
    change = promotion(served.url, start)
    changes = served.changes()
    serving.refusing = True
    for _ in range(2):
        with pytest.raises(RetryableError):
            run(changes.commit(change))
    serving.refusing = False
    assert run(changes.commit(change)).commit == served.head()


def test_a_server_that_never_answers(
    served: GitWorld, serving: GitDaemon, make_changes: Callable[..., GitChanges]
) -> None:
    start = served.commit(START)
    serving.silent = True
    with pytest.raises(RetryableError, match="did not answer within"):
        run(make_changes(timeout=1).commit(promotion(served.url, start)))


def test_a_connection_that_ends_after_the_push_is_no_second_commit(served: GitWorld, serving: GitDaemon) -> None:
    """The server takes the push and is gone before it can say so."""
    start = served.commit(START)
    change = promotion(served.url, start, head=start)
    write_hook(served.repo, "post-receive", "kill -9 $PPID")
    with pytest.raises(AdapterError) as caught:
        run(served.changes().commit(change))
    assert isinstance(caught.value, RetryableError)
    (served.repo.path / "hooks/post-receive").unlink()
    landed = run(served.changes().commit(change))
    assert isinstance(landed, Landed)
    assert len(served.log()) == 2


def test_a_server_that_takes_no_pushes(
    tmp_path: Path, daemon: GitDaemon, make_changes: Callable[..., GitChanges]
) -> None:
    world = GitWorld(GitRepo(tmp_path / "served" / "apps", bare=True), daemon.url("apps"), make_changes)
    start = world.commit(START)
    with pytest.raises(TerminalError):
        run(world.changes().commit(promotion(world.url, start)))


def test_a_repository_that_is_not_there(serving: GitDaemon, make_changes: Callable[..., GitChanges]) -> None:
    with pytest.raises(TerminalError, match="no such repository"):
        run(make_changes().commit(promotion(serving.url("absent"), "1" * 40)))


@contextmanager
def answering(status: int) -> Iterator[str]:
    """Run a web server that answers everything with one status; gives its host and port."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            if status == 401:
                self.send_header("WWW-Authenticate", 'Basic realm="git"')
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            return

    with listening(Answer) as url:
        yield url.removeprefix("http://")


@pytest.mark.parametrize(
    ("status", "kind"),
    [(401, TerminalError), (403, TerminalError), (404, TerminalError), (429, RetryableError), (503, RetryableError)],
)
def test_answers_of_a_web_server(
    status: int,
    kind: type[AdapterError],
    make_changes: Callable[..., GitChanges],
    commands: Callable[[], list[str]],
) -> None:
    with answering(status) as host:
        with pytest.raises(kind) as caught:
            run(make_changes().commit(promotion(f"http://ada:hunter2@{host}/apps.git", "1" * 40)))
    assert host in caught.value.reason
    assert "hunter2" not in f"{caught.value} {caught.value.__cause__} {commands()}"
    assert commands()


def test_a_source_repository_of_its_own(
    bare: GitWorld, served: GitWorld, make_changes: Callable[..., GitChanges]
) -> None:
    target = bare.commit({"qa/values.yaml": QA})
    served.commit({"dev/values.yaml": "image:\n  tag: '0'\n"})
    changes = make_changes()
    first = served.commit({"dev/values.yaml": "image:\n  tag: '2'\n"})
    run(changes.commit(promotion(bare.url, first, source_url=served.url)))
    assert bare.read("qa/values.yaml") == QA_PROMOTED.encode()
    # A commit that the copy of the source does not have yet is fetched.
    later = served.commit({"dev/values.yaml": "image:\n  tag: '3'\n"})
    run(changes.commit(promotion(bare.url, later, source_url=served.url, release="rel-2", head=target)))
    assert bare.read("qa/values.yaml") == QA.replace("'1'", "'3'").encode()


def test_an_application_that_is_its_own_source(bare: GitWorld) -> None:
    start = bare.commit(START)
    with pytest.raises(TerminalError, match="the same folder"):
        run(bare.changes().commit(promotion(bare.url, start, folder="dev")))


def test_a_shallow_folder_is_committed_to(
    bare: GitWorld, tmp_path: Path, make_changes: Callable[..., GitChanges]
) -> None:
    bare.commit(START)
    start = bare.commit({"other.txt": "y\n"})
    run_git(tmp_path, "clone", "-q", "--bare", "--depth=1", bare.url, str(tmp_path / "shallow"))
    landed = run(make_changes().commit(promotion(f"file://{tmp_path / 'shallow'}", start)))
    assert run_git(tmp_path / "shallow", "rev-parse", "main", "main~1").split() == [landed.commit, start]
