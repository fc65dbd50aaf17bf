"""`promo test`: what it prints, and what it exits with."""

from __future__ import annotations

import json
import os
from pathlib import Path
from xml.etree import ElementTree

import pytest

from adapters.cli.main import run
from adapters.cli.test_run import Request
from adapters.cli.test_watch import watch_tests

RULES = """\
environment dev { kind non-prod }
environment prod { kind prod }
product shop { flow standard when branch == "main" }
flow standard { trigger dev  step prod after dev }
policy everywhere { action commit }
policy reviewed priority 100 {
  when environment.kind == prod and product.labels.team == "web"
  action pr
}
"""
PASSING = """\
test "a change is promoted" {
  product shop
  commit message "feat: x" branch "main"
  expect flow standard
  expect order dev, prod
}
"""
FAILING = """\
test "production is <reviewed>" {
  product shop
  commit message "feat: x" branch "main"
  expect flow standard
  expect prod { action pr }
}
"""

REPORT = """\
FAIL  production is <reviewed>  tests/failing.promo:1
      product shop, commit "feat: x", flow standard

      environment prod  tests/failing.promo:5
        expected  action pr
        actual    action commit
        because   set by policy `everywhere` (priority 0)                                       rules.promo:5
                  policy `reviewed` (priority 100) would set it so, but does not match: \
`product.labels.team` is not set; it would have to be `web`  rules.promo:7

2 tests: 1 passed, 1 failed
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    (tmp_path / "promo.toml").write_text("")
    (tmp_path / "rules.promo").write_text(RULES)
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "passing.promo").write_text(PASSING)
    (tmp_path / "tests" / "failing.promo").write_text(FAILING)
    return tmp_path


@pytest.mark.usefixtures("folder")
def test_a_failure_shows_what_is_expected_what_is_so_and_why(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["test"]) == 1
    shown = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert shown == [" ".join(line.split()) for line in REPORT.splitlines()]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("arguments", "code", "last"),
    [
        (["tests/passing.promo"], 0, "1 test passed (1 not asked for)"),
        (["tests"], 1, "2 tests: 1 passed, 1 failed"),
        (["rules.promo"], 0, "no tests (2 not asked for)"),
        (["rules.promo", "--fail-on-empty"], 1, "no tests (2 not asked for)"),
        (["--filter", "a change*"], 0, "1 test passed (1 not asked for)"),
        (["--filter", "failing.promo"], 1, "1 test: 0 passed, 1 failed (1 not asked for)"),
        (["--filter", "tests/pass*"], 0, "1 test passed (1 not asked for)"),
        (["--filter", "nothing"], 0, "no tests (2 not asked for)"),
    ],
)
def test_paths_and_patterns_choose(
    arguments: list[str], code: int, last: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["test", *arguments]) == code
    assert capsys.readouterr().out.splitlines()[-1] == last


def test_a_path_says_which_workspace_it_is(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    elsewhere = folder / "tests"
    monkeypatch.chdir("/")
    assert run(["test", str(elsewhere / "passing.promo"), "-v"]) == 0
    assert "ok    a change is promoted" in capsys.readouterr().out
    assert run(["test", "-C", str(folder)]) == 1


@pytest.mark.usefixtures("folder")
def test_a_path_that_does_not_exist_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["test", "nowhere"]) == 2
    assert "there is no file or folder `nowhere`" in capsys.readouterr().err


def test_an_invalid_workspace_runs_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "tests" / "broken.promo").write_text('test "x" { product shpo  expect dev { action pr } }')
    assert run(["test"]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "did you mean `shop`?" in told.err


@pytest.mark.usefixtures("folder")
def test_json_has_everything(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["test", "--format", "json"]) == 1
    data = json.loads(capsys.readouterr().out)
    assert (data["passed"], data["failed"]) == (1, 1)
    failed, passed = data["tests"]
    assert passed["passed"] is True
    assert passed["failures"] == []
    assert (failed["title"], failed["file"], failed["line"]) == ("production is <reviewed>", "tests/failing.promo", 1)
    (failure,) = failed["failures"]
    assert (failure["about"], failure["expected"], failure["actual"], failure["line"]) == (
        "prod",
        "action pr",
        "action commit",
        5,
    )
    assert failure["because"][0] == {
        "message": "set by policy `everywhere` (priority 0)",
        "file": "rules.promo",
        "line": 5,
        "column": 21,
    }


@pytest.mark.usefixtures("folder")
def test_junit_is_read_by_a_parser(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["test", "--format", "junit"]) == 1
    suites = ElementTree.fromstring(capsys.readouterr().out)
    assert suites.tag == "testsuites"
    assert (suites.get("tests"), suites.get("failures")) == ("2", "1")
    assert [suite.get("name") for suite in suites] == ["tests/failing.promo", "tests/passing.promo"]
    case = suites[0][0]
    assert (case.get("name"), case.get("file"), case.get("line")) == (
        "production is <reviewed>",
        "tests/failing.promo",
        "1",
    )
    (failure,) = case
    assert failure.get("message") == "prod: expected action pr, actual action commit"
    assert "set by policy `everywhere` (priority 0) rules.promo:5" in (failure.text or "")
    assert list(suites[1][0]) == []


def test_watching_runs_again_after_a_change_and_only_then(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    looks = 0

    def wait(_seconds: float) -> None:
        nonlocal looks
        looks += 1
        if looks == 2:
            (folder / "tests" / "failing.promo").write_text(FAILING.replace("action pr", "action commit"))
        if looks == 3:
            (folder / "tests" / "more.promo").write_text(PASSING.replace("a change is", "changes are"))
        if looks == 4:
            os.remove(folder / "tests" / "more.promo")
            (folder / "tests" / "broken.promo").write_text("test {")
        if looks == 6:
            raise KeyboardInterrupt

    assert watch_tests(Request(folder, ()), wait) == 2
    shown = [line for line in capsys.readouterr().out.splitlines() if "test" in line and "passed" in line]
    assert shown == ["2 tests: 1 passed, 1 failed", "2 tests passed", "3 tests passed"]
