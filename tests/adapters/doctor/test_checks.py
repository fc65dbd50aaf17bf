"""Each check says what is there, and what to do about what is not: on real folders, repositories and servers."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from adapters.doctor import Check, Result, Situation, Status, examine
from adapters.doctor.check import ok
from adapters.doctor.checks.cache import CacheFolder
from adapters.doctor.checks.checkouts import Checkouts
from adapters.doctor.checks.clock import Clock
from adapters.doctor.checks.configuration import ConfigurationFile
from adapters.doctor.checks.git import GitProgram
from adapters.doctor.checks.identity import GitIdentity
from adapters.doctor.checks.interpreter import Interpreter
from adapters.doctor.checks.promo import Installation
from adapters.doctor.checks.prover import Prover
from adapters.doctor.checks.repositories import ReachableRepositories
from adapters.doctor.checks.sources import SourcesLoad
from adapters.doctor.checks.terminal import Terminal
from adapters.doctor.checks.time_zones import TimeZones
from adapters.doctor.checks.workspace import WorkspaceFound
from adapters.doctor.registry import CHECKS
from adapters.version import VERSION
from tests.fakes.socket_thread import listening
from tests.support.gitdaemon import GitDaemon
from tests.support.gitrepo import GitRepo

URL = "https://git.example.com/apps.git"


def results(check: Check, situation: Situation) -> list[Result]:
    return list(check.run(situation))


def only(check: Check, situation: Situation) -> Result:
    (result,) = results(check, situation)
    return result


def workspace(folder: Path, *urls: str, configuration: str = "") -> Path:
    """Write a workspace whose applications are in the repositories at some addresses."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "promo.toml").write_text(configuration, encoding="utf-8")
    (folder / "a.promo").write_text("environment dev { kind non-prod }\n", encoding="utf-8")
    for number, url in enumerate(urls):
        (folder / f"app{number}.yaml").write_text(
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\n"
            f"metadata:\n  name: app{number}\n  annotations:\n    codefresh.io/product: trio\n"
            f"spec:\n  project: default\n  source:\n    repoURL: {url}\n    path: apps\n"
            "  destination:\n    server: https://kubernetes.default.svc\n    namespace: dev\n",
            encoding="utf-8",
        )
    (folder / "product.promo").write_text("product trio { }\n", encoding="utf-8")
    return folder


# --- the machine -------------------------------------------------------------------------------------------


def test_python() -> None:
    assert only(Interpreter(), Situation()).status is Status.OK
    old = only(Interpreter(), Situation(python=(3, 10, 4)))
    assert (old.status, old.found) == (Status.FAILED, "Python 3.10.4; 3.11 or newer is needed")
    assert old.remedy


def test_promo_and_the_prover_are_there() -> None:
    assert VERSION in only(Installation(), Situation()).found
    assert only(Prover(), Situation()).found.startswith("z3 ")


def test_another_promo_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.doctor.checks.promo.VERSION", "99.0")
    found = only(Installation(), Situation())
    assert found.status is Status.WARNING
    assert found.found == f"promo 99.0 runs, but {VERSION} is installed"


def test_git() -> None:
    found = only(GitProgram(), Situation())
    assert found.status is Status.OK
    assert found.found[0].isdigit()


@pytest.mark.parametrize(
    ("version", "found"), [(None, "the program `git` was not found"), ("2.20.1", "Git 2.31 or newer is needed")]
)
def test_git_that_is_missing_or_old(
    version: str | None, found: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if version is not None:
        (tmp_path / "git").write_text(f"#!/bin/sh\necho git version {version}\n")
        (tmp_path / "git").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    result = only(GitProgram(), Situation())
    assert result.status is Status.FAILED
    assert result.found.startswith(found)
    assert result.remedy


def test_the_author_of_commits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "config"))
    (tmp_path / "config").write_text("[user]\n\tname = Ada Example\n", encoding="utf-8")
    found = only(GitIdentity(), Situation())
    assert (found.status, found.found.partition(";")[0]) == (Status.WARNING, "user.email not set")
    (tmp_path / "config").write_text("[user]\n\tname = Ada Example\n\temail = ada@example.com\n", encoding="utf-8")
    assert only(GitIdentity(), Situation()) == ok("Ada Example <ada@example.com>")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert only(GitIdentity(), Situation()).status is Status.SKIPPED


@pytest.mark.parametrize(
    ("encoding", "status"), [("utf-8", Status.OK), ("latin-1", Status.WARNING), ("no-such", Status.WARNING)]
)
def test_terminal(encoding: str, status: Status) -> None:
    assert only(Terminal(), Situation(encoding=encoding)).status is status


def test_time_zones(monkeypatch: pytest.MonkeyPatch) -> None:
    assert only(TimeZones(), Situation()).status is Status.OK
    monkeypatch.setattr("adapters.doctor.checks.time_zones._PROBES", ("UTC", "Nowhere/At_All"))
    found = only(TimeZones(), Situation())
    assert (found.status, found.found[:34]) == (Status.FAILED, "the database lacks Nowhere/At_All;")


def test_cache_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROMO_CACHE_DIR", str(tmp_path / "cache"))
    assert only(CacheFolder(), Situation()).status is Status.OK
    assert list((tmp_path / "cache").iterdir()) == []
    (tmp_path / "cache").chmod(0o777)
    assert only(CacheFolder(), Situation()).status is Status.WARNING
    monkeypatch.setenv("PROMO_CACHE_DIR", "")
    assert only(CacheFolder(), Situation()).status is Status.SKIPPED


# --- the workspace -----------------------------------------------------------------------------------------


def test_no_workspace_is_wrong_only_where_one_was_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert only(WorkspaceFound(), Situation()).status is Status.WARNING
    assert only(WorkspaceFound(), Situation(tmp_path / "nowhere")).status is Status.FAILED
    for check in (ConfigurationFile(), SourcesLoad(), Checkouts(), ReachableRepositories()):
        assert only(check, Situation()).status is Status.SKIPPED


def test_a_workspace_that_is_well(tmp_path: Path) -> None:
    situation = Situation(workspace(tmp_path))
    for check in (WorkspaceFound(), ConfigurationFile(), SourcesLoad()):
        assert only(check, situation).status is Status.OK, check.name


def test_a_configuration_that_is_wrong(tmp_path: Path) -> None:
    situation = Situation(workspace(tmp_path, configuration="prioritty = 1\n"))
    wrong = only(ConfigurationFile(), situation)
    assert wrong.status is Status.FAILED
    assert "promo.toml:1: " in wrong.found
    assert "prioritty" in wrong.found
    assert only(SourcesLoad(), situation).found == "its configuration has to be right first"


def test_a_pattern_without_files_is_a_warning(tmp_path: Path) -> None:
    situation = Situation(workspace(tmp_path, configuration='sources = ["*.promo", "none/*.yaml"]\n'))
    assert only(ConfigurationFile(), situation).status is Status.WARNING


def test_sources_with_mistakes(tmp_path: Path) -> None:
    workspace(tmp_path)
    (tmp_path / "b.promo").write_text("flow f { trigger qa }\n", encoding="utf-8")
    wrong = only(SourcesLoad(), Situation(tmp_path))
    assert wrong.status is Status.FAILED
    assert "b.promo:1: " in wrong.found


# --- repositories ------------------------------------------------------------------------------------------


def test_checkouts(tmp_path: Path) -> None:
    good = GitRepo(tmp_path / "good")
    good.git("remote", "add", "origin", URL)
    other = GitRepo(tmp_path / "other")
    other.git("remote", "add", "origin", "https://ada:s3cret@git.example.com/else.git")
    (tmp_path / "plain").mkdir()
    names = {"apps": "good", "b": "other", "c": "plain", "d": "gone"}
    lines = [f'"https://git.example.com/{name}.git" = "../{folder}"\n' for name, folder in names.items()]
    found = results(Checkouts(), Situation(workspace(tmp_path / "w", configuration="[checkouts]\n" + "".join(lines))))
    assert [one.status for one in found] == [Status.OK, Status.WARNING, Status.FAILED, Status.FAILED]
    assert "whose remote is https://git.example.com/else.git" in found[1].found
    assert "s3cret" not in repr(found)
    assert "is not a Git repository" in found[2].found
    assert "there is no folder" in found[3].found
    assert all(one.remedy for one in found[1:])


def test_repositories_are_asked_only_where_that_is_wanted(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "served" / "apps.git", bare=True)
    repo.commit({"a": "1"})
    local = GitRepo(tmp_path / "local")
    with GitDaemon(tmp_path / "served") as server:
        folder = workspace(tmp_path / "w", server.url("apps.git"), server.url("none.git"), str(local.path))
        quiet = results(ReachableRepositories(), Situation(folder))
        assert server.connections == 0
        assert [one.status for one in quiet] == [Status.OK, Status.SKIPPED]
        assert quiet[0].found.endswith("read from this machine")
        asked = results(ReachableRepositories(), Situation(folder, connections=True))
    assert [one.status for one in asked] == [Status.OK, Status.FAILED, Status.OK]
    assert asked[0].found.endswith("reachable, 1 branch")
    assert asked[1].remedy


def test_a_server_that_does_not_answer_is_not_waited_for(tmp_path: Path) -> None:
    with GitDaemon(tmp_path) as server:
        server.silent = True
        folder = workspace(tmp_path / "w", server.url("apps.git"))
        found = only(ReachableRepositories(), Situation(folder, connections=True, timeout=0.3))
    assert found.status is Status.FAILED
    assert "did not answer within 0.3 seconds" in found.found


def test_what_is_checked_out_is_not_asked_for(tmp_path: Path) -> None:
    folder = workspace(tmp_path / "w", URL, configuration=f'[checkouts]\n"{URL}" = "."\n')
    found = only(ReachableRepositories(), Situation(folder, connections=True))
    assert found.found == f"{URL}: read from its checkout"


# --- the clock ---------------------------------------------------------------------------------------------


@contextmanager
def web_server(date: str | None) -> Iterator[str]:
    """A server that says it is another time, and serves nothing."""

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_response_only(404)
            if date is not None:
                self.send_header("Date", date)
            self.end_headers()

        def do_GET(self) -> None:
            self.do_HEAD()

        def log_message(self, *_: object) -> None:
            pass

    with listening(Handler) as url:
        yield f"{url.replace('//', '//ada:s3cret@')}/apps.git"


def later(by: timedelta) -> str:
    return format_datetime(datetime.now(UTC) + by, usegmt=True)


@pytest.mark.parametrize(
    ("date", "status", "words"),
    [
        (timedelta(), Status.OK, "agrees with http://127.0.0.1:"),
        (timedelta(minutes=3), Status.WARNING, "minutes behind http://127.0.0.1:"),
        (timedelta(days=-3), Status.FAILED, "3 days ahead of http://127.0.0.1:"),
        (None, Status.SKIPPED, "its answer has no date"),
        ("yesterday", Status.SKIPPED, "its answer has no date"),
    ],
)
def test_the_clock_is_compared_with_servers(
    date: timedelta | str | None, status: Status, words: str, tmp_path: Path
) -> None:
    # The moment is taken here: every process that collects the tests has to call them the same.
    date = later(date) if isinstance(date, timedelta) else date
    with web_server(date) as url:
        folder = workspace(tmp_path, url)
        found = results(Clock(), Situation(folder, connections=True))
        assert found[1].status is status
        assert words in found[1].found
        assert (found[1].remedy == "") is (status is Status.OK)
        assert "s3cret" not in repr(found)
        asked = results(ReachableRepositories(), Situation(folder, connections=True))
    assert asked[0].status is Status.FAILED
    assert "s3cret" not in repr(asked)


def test_servers_are_not_asked_for_the_time_unless_that_is_wanted(tmp_path: Path) -> None:
    found = results(Clock(), Situation(workspace(tmp_path, URL)))
    assert [one.status for one in found] == [Status.OK, Status.SKIPPED]


def test_a_server_that_is_gone_is_said(tmp_path: Path) -> None:
    with web_server(None) as url:
        pass
    found = results(Clock(), Situation(workspace(tmp_path, url), connections=True))
    assert found[1].status is Status.SKIPPED
    assert "no answer (ConnectError)" in found[1].found


def test_a_commit_from_the_future(tmp_path: Path) -> None:
    now = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
    repo = GitRepo(tmp_path / "apps")
    folder = workspace(tmp_path / "w", configuration=f'[checkouts]\n"{URL}" = "../apps"\n')
    repo.commit({"a": "1"}, date=now - timedelta(hours=1))
    assert only(Clock(), Situation(folder, now=now)).status is Status.OK
    repo.commit({"a": "2"}, date=now + timedelta(hours=2), branch="side")
    found = only(Clock(), Situation(folder, now=now))
    assert found.status is Status.WARNING
    assert found.found == "2026-06-01 12:00 UTC, but the newest commit of `apps` is from 2 hours later"


# --- all of them -------------------------------------------------------------------------------------------


def test_names_are_short_and_distinct() -> None:
    names = [check.name for check in CHECKS]
    assert len(set(names)) == len(names)
    assert all(len(name.split()) <= 3 for name in names)


def test_every_file_of_checks_is_registered() -> None:
    files = {path.stem for path in (Path(__file__).parents[3] / "adapters/doctor/checks").glob("*.py")} - {"__init__"}
    assert {type(check).__module__.rpartition(".")[2] for check in CHECKS} == files


def test_a_check_that_breaks_is_a_result_and_the_others_go_on() -> None:
    class Broken:
        name = "broken"

        def run(self, situation: Situation) -> Iterator[Result]:
            yield ok("so far")
            raise RuntimeError("token s3cret")

    found = list(examine(Situation(), (Broken(), Interpreter())))
    assert [one.result.status for one in found] == [Status.OK, Status.FAILED, Status.OK]
    assert found[1].result.found == "the check itself broke: RuntimeError"


def test_nothing_is_left_in_the_environment(tmp_path: Path) -> None:
    before = dict(os.environ)
    list(examine(Situation(workspace(tmp_path)), CHECKS))
    assert dict(os.environ) == before
