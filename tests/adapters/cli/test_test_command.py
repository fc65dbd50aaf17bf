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


def test_junit_holds_any_title(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    title = "50 % <of> & ü, 'all' ]]>"
    (folder / "tests" / "failing.promo").write_text(FAILING.replace("production is <reviewed>", title), "utf-8")
    assert run(["test", "--format", "junit"]) == 1
    suites = ElementTree.fromstring(capsys.readouterr().out.encode("utf-8"))
    assert suites[0][0].get("name") == title


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


COMPLETE = """\
test "production is reviewed for the web team" {
  product shop
  labels team = "web"
  commit message "feat: x" branch "main"
  expect flow standard
  expect order dev, prod
  expect dev { action commit }
  expect prod { action pr }
}
test "elsewhere nothing starts" {
  product shop
  commit message "feat: x" branch "other"
  expect no flow
  expect prod { action commit }
}
"""


@pytest.fixture
def passing(folder: Path) -> Path:
    (folder / "tests" / "failing.promo").unlink()
    return folder


COVERAGE = """\
1 test passed

            exercised     of
policies            0      2    0.0 %
settings            0      2    0.0 %
branches            0      0        -
flow edges          1      1  100.0 %
triggers            1      2   50.0 %
total               2      7   28.5 %

no test exercises
  rules.promo:3  product `shop`: flow `standard` is not started
  rules.promo:5  policy `everywhere` matches
  rules.promo:5  policy `everywhere` decides `action commit`
  rules.promo:6  policy `reviewed` matches
  rules.promo:8  policy `reviewed` decides `action pr`
"""


@pytest.mark.usefixtures("passing")
def test_coverage_is_a_table_and_what_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["test", "--coverage"]) == 0
    assert capsys.readouterr().out == COVERAGE


@pytest.mark.usefixtures("passing")
@pytest.mark.parametrize(("threshold", "code"), [("28.5", 0), ("28.6", 1), ("0", 0)])
def test_coverage_below_the_threshold_is_a_failure(
    threshold: str, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["test", "--coverage", "--threshold", threshold, "--format", "json"]) == code
    told = capsys.readouterr()
    coverage = json.loads(told.out)["coverage"]
    assert (coverage["exercised"], coverage["of"], coverage["percent"]) == (2, 7, 28.57)
    assert coverage["kinds"]["flow edges"] == {"exercised": 1, "of": 1, "percent": 100.0}
    assert coverage["missed"][0] == {
        "kind": "triggers",
        "what": "product `shop`: flow `standard` is not started",
        "file": "rules.promo",
        "line": 3,
        "column": 16,
    }
    assert ("is below" in told.err) is (code == 1)


@pytest.mark.usefixtures("folder")
def test_coverage_does_not_hide_a_failure(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["test", "--coverage"]) == 1
    assert "2 tests: 1 passed, 1 failed" in capsys.readouterr().out


def test_suggestions_can_be_appended(passing: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["test", "--suggest"]) == 0
    suggested = capsys.readouterr().out
    with (passing / "tests" / "passing.promo").open("a") as file:
        file.write(suggested)
    assert run(["test", "--coverage", "--threshold", "100"]) == 0
    assert run(["test", "--suggest"]) == 0
    assert "100.0 %" in capsys.readouterr().out


def test_what_no_test_can_be_written_for_is_said(passing: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (passing / "more.promo").write_text("policy nowhere { when environment.name == lab  action none }")
    assert run(["test", "--suggest"]) == 0
    assert "no test can be written for: policy `nowhere` matches  more.promo:1" in capsys.readouterr().err


MUTANTS = """\
survived  rules.promo:7  policy `reviewed`: without `and product.labels.team == "web"`
          unnoticed: `shop` in `prod` along flow `standard`: action pr instead of commit
"""


def test_mutants_that_survive_are_shown_with_what_they_change(
    passing: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (passing / "tests" / "passing.promo").write_text(COMPLETE)
    assert run(["test", "--mutate", "--threshold", "100"]) == 0
    full = capsys.readouterr().out.splitlines()
    assert full[-1] == "score 100.0 %"
    (passing / "tests" / "passing.promo").write_text(COMPLETE.replace("  expect prod { action commit }\n", ""))
    assert run(["test", "--mutate"]) == 0
    assert capsys.readouterr().out.startswith(MUTANTS)
    assert run(["test", "--mutate", "--threshold", "100", "--format", "json"]) == 1
    told = capsys.readouterr()
    data = json.loads(told.out)
    assert data["counts"]["survived"] == 1
    assert "is below 100 %" in told.err
    (survivor,) = [mutant for mutant in data["mutants"] if mutant["fate"] == "survived"]
    assert (survivor["change"], survivor["line"]) == ("selector", 7)


@pytest.mark.usefixtures("folder")
def test_mutants_are_tried_when_all_tests_pass(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["test", "--mutate"]) == 1
    told = capsys.readouterr()
    assert "FAIL  production is <reviewed>" in told.out
    assert "mutants are tried when all tests pass" in told.err


@pytest.mark.usefixtures("passing")
def test_a_limit_says_how_many_were_tried(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["test", "--mutate", "--limit", "2"]) == 0
    assert "2 of " in capsys.readouterr().out.splitlines()[-2]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    "arguments",
    [
        ["--coverage", "--mutate"],
        ["--watch", "--suggest"],
        ["--threshold", "5"],
        ["--suggest", "--threshold", "5"],
        ["--coverage", "--format", "junit"],
        ["--suggest", "--format", "json"],
        ["--threshold", "101", "--coverage"],
        ["--limit", "0", "--mutate"],
    ],
)
def test_options_that_make_no_sense_together_are_refused(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["test", *arguments]) == 2
    assert capsys.readouterr().out == ""
