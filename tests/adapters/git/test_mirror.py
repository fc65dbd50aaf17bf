from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from adapters.git import GitRepositories, GitRepository
from adapters.git.address import RemoteAddress, parse_address
from adapters.git.failure import GitError
from adapters.git.location import locate
from adapters.git.lock import LockTimeoutError, exclusive
from adapters.git.mirror import Mirrors, parse_references
from adapters.git.process import find_git
from engine.plan.ports import RepositoryError
from tests.fakes.socket_thread import listening
from tests.support.gitdaemon import GitDaemon
from tests.support.gitrepo import GitRepo, run_git


@pytest.fixture
def served(daemon: GitDaemon, tmp_path: Path) -> GitRepo:
    return GitRepo(tmp_path / "served" / "apps", bare=True)


def _fresh(tmp_path: Path, *, fetch: bool = True, timeout: float = 30) -> GitRepositories:
    """Open the cache as a new process would."""
    return GitRepositories({}, tmp_path / "cache", fetch=fetch, timeout=timeout)


def _remote(url: str) -> RemoteAddress:
    address = parse_address(url)
    assert isinstance(address, RemoteAddress)
    return address


def _copies(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "cache").glob("*.git"))


def test_a_copy_has_history_but_no_contents(served: GitRepo, daemon: GitDaemon, tmp_path: Path) -> None:
    first = served.commit({"app/a": "1", "app/b": "2", "big": "3"})
    second = served.commit({"app/a": "4"})
    with _fresh(tmp_path) as repositories:
        repository = repositories.open(daemon.url("apps"))
        assert daemon.connections == 2
        assert repository.resolve("main") == second
        assert repository.changed_paths(second) == ("app/a",)
        assert repository.branches_with(first) == ("main",)
        assert daemon.connections == 2, "history is there already"
        (copy,) = _copies(tmp_path)
        stored = run_git(copy, "cat-file", "--batch-check", "--batch-all-objects", "--unordered")
        assert " blob " not in stored
        assert repository.read(second, "app/a") == b"4"
        assert repository.read(second, "app/b") == b"2"
        assert daemon.connections == 3, "the files of a folder come together"


def test_a_repository_is_fetched_once_and_only_when_it_changed(
    served: GitRepo, daemon: GitDaemon, tmp_path: Path
) -> None:
    first = served.commit({"a": "1"})
    with _fresh(tmp_path) as repositories:
        repository = repositories.open(daemon.url("apps"))
        second = served.commit({"a": "2"})
        assert repositories.open(daemon.url("apps") + "/").resolve("main") == first
        assert daemon.connections == 2
    with _fresh(tmp_path) as repositories:
        assert repositories.open(daemon.url("apps")).resolve("main") == second
        assert daemon.connections == 4
    with _fresh(tmp_path) as repositories:
        repository = repositories.open(daemon.url("apps"))
        assert repository.resolve("main") == second
        assert daemon.connections == 5, "one question, no fetch"


def test_references_follow_the_server(served: GitRepo, daemon: GitDaemon, tmp_path: Path) -> None:
    first = served.commit({"a": "1"})
    served.branch("topic", first)
    served.branch("gone", first)
    served.tag("moved", first)
    with _fresh(tmp_path) as repositories:
        repositories.open(daemon.url("apps"))
    rewritten = served.commit({"a": "9"}, parents=[])
    served.git("update-ref", "-d", "refs/heads/topic")
    served.git("update-ref", "-d", "refs/heads/gone")
    served.branch("topic/deeper", first)
    served.git("tag", "-f", "moved", rewritten)
    served.branch("trunk", first)
    served.git("symbolic-ref", "HEAD", "refs/heads/trunk")
    with _fresh(tmp_path) as repositories:
        repository = repositories.open(daemon.url("apps"))
        revisions = ("main", "topic", "gone", "topic/deeper", "moved", "HEAD")
        found = {revision: repository.resolve(revision) for revision in revisions}
    assert found == {
        **{"main": rewritten, "topic": None, "gone": None},
        **{"topic/deeper": first, "moved": rewritten, "HEAD": first},
    }


def test_references_that_are_neither_branch_nor_tag_are_left_out(
    served: GitRepo, daemon: GitDaemon, tmp_path: Path
) -> None:
    sha = served.commit({"a": "1"})
    hidden = served.commit({"a": "2"}, branch="hidden")
    served.git("update-ref", "refs/pull/1/head", hidden)
    served.git("update-ref", "-d", "refs/heads/hidden")
    with _fresh(tmp_path) as repositories:
        repository = repositories.open(daemon.url("apps"))
        assert repository.resolve("refs/pull/1/head") is None
        assert repository.branches_with(sha) == ("main",)
        assert repository.resolve(hidden) == hidden, "a full object name is asked of the server"
        assert repository.read(hidden, "a") == b"2"


def test_an_empty_repository(served: GitRepo, daemon: GitDaemon, tmp_path: Path) -> None:
    for _ in range(2):
        with _fresh(tmp_path) as repositories:
            assert repositories.open(daemon.url("apps")).resolve("main") is None
    sha = served.commit({"a": "1"})
    with _fresh(tmp_path) as repositories:
        assert repositories.open(daemon.url("apps")).resolve("HEAD") == sha


def test_a_sha256_repository_replaces_its_sha1_predecessor(daemon: GitDaemon, tmp_path: Path) -> None:
    old = GitRepo(tmp_path / "served" / "apps", bare=True)
    old.commit({"a": "1"})
    with _fresh(tmp_path) as repositories:
        repositories.open(daemon.url("apps"))
    old.path.rename(tmp_path / "old")
    new = GitRepo(tmp_path / "served" / "apps", bare=True, object_format="sha256")
    sha = new.commit({"a": "1"})
    assert len(sha) == 64
    for _ in range(2):
        with _fresh(tmp_path) as repositories:
            repository = repositories.open(daemon.url("apps"))
            assert repository.resolve("main") == sha
            assert repository.read(sha, "a") == b"1"


def test_offline_uses_what_is_cached_and_nothing_else(served: GitRepo, daemon: GitDaemon, tmp_path: Path) -> None:
    first = served.commit({"seen/a": "1", "unseen/b": "2"})
    with _fresh(tmp_path, fetch=False) as repositories:
        with pytest.raises(RepositoryError, match="not in the cache") as error:
            repositories.open(daemon.url("apps"))
        assert "--checkout URL=PATH" in error.value.help
    assert not (tmp_path / "cache").exists()
    with _fresh(tmp_path) as repositories:
        assert repositories.open(daemon.url("apps")).read(first, "seen/a") == b"1"
    served.commit({"seen/a": "2"})
    before = daemon.connections
    with _fresh(tmp_path, fetch=False) as repositories:
        repository = repositories.open(daemon.url("apps"))
        assert repository.resolve("main") == first
        assert repository.read(first, "seen/a") == b"1"
        assert repository.resolve("1" * 40) is None
        with pytest.raises(RepositoryError, match="partial clone"):
            repository.read(first, "unseen/b")
    assert daemon.connections == before


def _truncate_packs(copy: Path) -> None:
    for pack in copy.glob("objects/pack/*.pack"):
        pack.chmod(0o644)
        pack.write_bytes(pack.read_bytes()[:20])


def _remove_objects(copy: Path) -> None:
    for pack in copy.glob("objects/pack/*"):
        pack.unlink()


def _break_head(copy: Path) -> None:
    (copy / "HEAD").write_text("garbage")


def _empty(copy: Path) -> None:
    subprocess.run(["find", str(copy), "-mindepth", "1", "-delete"], check=True)


def _break_config(copy: Path) -> None:
    (copy / "config").write_text("[core\n")


def _break_references(copy: Path) -> None:
    (copy / "packed-refs").write_text("garbage\n")


DAMAGES = [_truncate_packs, _remove_objects, _break_head, _empty, _break_config, _break_references]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_copy_is_replaced(
    served: GitRepo, daemon: GitDaemon, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    sha = served.commit({"a": "1"})
    with _fresh(tmp_path) as repositories:
        assert repositories.open(daemon.url("apps")).read(sha, "a") == b"1"
    (copy,) = _copies(tmp_path)
    damage(copy)
    with _fresh(tmp_path) as repositories:
        repository = repositories.open(daemon.url("apps"))
        assert repository.resolve("main") == sha
        assert repository.read(sha, "a") == b"1"
    assert _copies(tmp_path) == [copy]
    assert {path.suffix for path in (tmp_path / "cache").iterdir()} == {".git", ".lock"}


def test_damage_found_while_reading_heals_with_the_next_run(served: GitRepo, daemon: GitDaemon, tmp_path: Path) -> None:
    sha = served.commit({"a": "1"})
    with _fresh(tmp_path) as repositories:
        repository = repositories.open(daemon.url("apps"))
        repository.read(sha, "a")
        repository.close()
        _truncate_packs(_copies(tmp_path)[0])
        with pytest.raises(RepositoryError, match="damaged") as error:
            repository.read(sha, "a")
        assert "run again" in error.value.help
    with _fresh(tmp_path) as repositories:
        assert repositories.open(daemon.url("apps")).read(sha, "a") == b"1"


def test_a_lock_is_exclusive_and_ends_with_its_holder(tmp_path: Path) -> None:
    with exclusive(tmp_path / "x.lock", 0), pytest.raises(LockTimeoutError), exclusive(tmp_path / "x.lock", 0.05):
        pytest.fail("the lock was taken twice")
    with exclusive(tmp_path / "x.lock", 0):
        assert (tmp_path / "x.lock").exists()


def test_a_copy_that_another_process_is_updating_for_too_long(tmp_path: Path) -> None:
    address = _remote("git://127.0.0.1:1/apps")
    mirrors = Mirrors(replace(find_git(30), timeout=0.05), tmp_path, fetch=True)
    with exclusive(mirrors.path(address).with_suffix(".lock"), 0), pytest.raises(RepositoryError) as error:
        mirrors.ensure(address)
    assert "another process" in error.value.reason
    assert error.value.help


_READER = """
import sys
from pathlib import Path
from adapters.git import GitRepositories, GitRepository
from adapters.git.address import RemoteAddress, parse_address
for _ in range(3):
    with GitRepositories({}, Path(sys.argv[2]), timeout=60) as repositories:
        repository = repositories.open(sys.argv[1])
        sha = repository.resolve("main")
        assert len(repository.entries(sha, "app")) == 40
        assert repository.read(sha, "app/7.yaml").startswith(b"v7")
"""


def test_processes_share_a_cache_while_the_server_moves(served: GitRepo, daemon: GitDaemon, tmp_path: Path) -> None:
    served.commit({f"app/{n}.yaml": f"v{n}" for n in range(40)})
    command = [sys.executable, "-W", "error", "-c", _READER, daemon.url("apps"), str(tmp_path / "cache")]
    root = Path(__file__).parents[3]
    readers = [subprocess.Popen(command, cwd=root, stderr=subprocess.PIPE) for _ in range(3)]
    for number in range(5):
        served.commit({"app/7.yaml": f"v7 {number}"})
    errors = [reader.communicate(timeout=120)[1].decode() for reader in readers]
    assert errors == ["", "", ""]
    assert [reader.returncode for reader in readers] == [0, 0, 0]
    (copy,) = _copies(tmp_path)
    run_git(copy, "fsck", "--connectivity-only")
    assert {path.suffix for path in (tmp_path / "cache").iterdir()} == {".git", ".lock"}


def test_a_server_that_never_answers(served: GitRepo, daemon: GitDaemon, tmp_path: Path) -> None:
    sha = served.commit({"a": "1"})
    git = find_git(30)
    hasty = replace(git, timeout=0.5)
    address = _remote(daemon.url("apps"))
    copy = Mirrors(git, tmp_path / "cache", fetch=True).ensure(address)
    daemon.silent = True
    with pytest.raises(RepositoryError, match=r"did not answer within 0\.5 seconds") as error:
        Mirrors(hasty, tmp_path / "cache", fetch=True).ensure(address)
    assert error.value.help
    with GitRepository(address.shown, hasty, locate(git, copy, address.shown)) as repository:
        with pytest.raises(RepositoryError, match="did not answer"):
            repository.read(sha, "a")
    daemon.silent = False
    with _fresh(tmp_path) as repositories:
        assert repositories.open(daemon.url("apps")).read(sha, "a") == b"1"


def test_a_repository_the_server_does_not_have(daemon: GitDaemon, tmp_path: Path) -> None:
    with _fresh(tmp_path) as repositories, pytest.raises(RepositoryError) as error:
        repositories.open(daemon.url("absent"))
    assert "no such repository" in error.value.reason
    assert _copies(tmp_path) == []


@contextmanager
def _http(status: int) -> Iterator[tuple[str, list[str]]]:
    """An HTTP server that gives one answer; yields its authority and the authorisations it was sent."""
    seen: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.headers.get("Authorization", ""))
            self.send_response(status)
            if status == 401:
                self.send_header("WWW-Authenticate", 'Basic realm="git"')
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Stay quiet."""

    with listening(Handler) as url:
        yield url.removeprefix("http://"), seen


@pytest.mark.parametrize(
    ("status", "reason"),
    [(401, "authentication failed"), (403, "authentication failed"), (404, "no such repository"), (500, "git failed")],
)
def test_what_an_http_server_refuses(tmp_path: Path, status: int, reason: str) -> None:
    with _http(status) as (authority, seen), _fresh(tmp_path) as repositories:
        with pytest.raises(RepositoryError) as error:
            repositories.open(f"http://user:s3cret@{authority}/apps.git")
        assert seen, "the server was asked"
    assert reason in error.value.reason
    told = f"{error.value} {error.value.url} {error.value.help} {error.value.__cause__}"
    assert "s3cret" not in told
    assert error.value.url == f"http://{authority}/apps.git"


def test_credentials_of_an_address_are_used_but_never_stored_or_shown(
    tmp_path: Path, commands: Callable[[], list[str]]
) -> None:
    with _http(401) as (authority, seen), _fresh(tmp_path) as repositories:
        with pytest.raises(RepositoryError):
            repositories.open(f"http://user:s3cret@{authority}/apps.git")
    assert "Basic dXNlcjpzM2NyZXQ=" in seen
    assert not [line for line in commands() if "s3cret" in line]
    for path in (tmp_path / "cache").rglob("*"):
        assert "s3cret" not in str(path)
        assert path.is_dir() or b"s3cret" not in path.read_bytes()


def test_hosts_that_cannot_be_reached(tmp_path: Path) -> None:
    with _fresh(tmp_path) as repositories:
        with pytest.raises(RepositoryError, match="cannot be reached"):
            repositories.open("git://127.0.0.1:1/apps")
        with pytest.raises(RepositoryError, match="host name is unknown") as error:
            repositories.open("git://no-such-host.invalid/apps")
    assert error.value.help


def test_ssh_is_told_not_to_ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = tmp_path / "bin" / "ssh"
    fake.parent.mkdir()
    fake.write_text(
        f'#!/bin/sh\nprintf "%s\\n" "$*" >> "{tmp_path}/ssh.log"\necho "Host key verification failed." >&2\nexit 255\n'
    )
    fake.chmod(0o755)
    config = tmp_path / "gitconfig"
    for name, value, options in (
        ("PATH", f"{fake.parent}:/usr/bin:/bin", "-o BatchMode=yes"),
        ("GIT_SSH_COMMAND", f"{fake} -i key", "-i key -o BatchMode=yes"),
        ("GIT_CONFIG_GLOBAL", str(config), "-i configured -o BatchMode=yes"),
    ):
        config.write_text(f"[core]\nsshCommand = {fake} -i configured\n")
        (tmp_path / "ssh.log").unlink(missing_ok=True)
        with monkeypatch.context() as patch, _fresh(tmp_path) as repositories:
            patch.setenv(name, value)
            with pytest.raises(RepositoryError, match="host key is not known"):
                repositories.open("git@host.invalid:apps.git")
        assert (tmp_path / "ssh.log").read_text().startswith(options), name


def test_a_cache_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with GitRepositories({}, tmp_path / "file" / "cache") as repositories:
        with pytest.raises(RepositoryError, match="cache cannot be written") as error:
            repositories.open("git://127.0.0.1:1/apps")
        assert "another cache folder" in error.value.help


def test_the_servers_list_of_references() -> None:
    oid = "a" * 40
    found = parse_references(
        f"ref: refs/heads/main\tHEAD\n{oid}\tHEAD\n{oid}\trefs/heads/main\n"
        f"{oid}\trefs/tags/v1\n{oid}\trefs/tags/v1^{{}}\n"
    )
    assert found.head == "refs/heads/main"
    assert found.names == {"refs/heads/main": oid, "refs/tags/v1": oid}
    assert parse_references("").names == {}
    assert parse_references(f"{oid}\tHEAD\n").head is None
    with pytest.raises(GitError, match="malformed"):
        parse_references("--upload-pack\trefs/heads/x\n")
