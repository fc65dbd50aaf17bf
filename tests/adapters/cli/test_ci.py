"""`promo ci` where there is no runner, and where what it is given is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.cli.exit_codes import ExitCode
from adapters.cli.main import run
from tests.support import ci_world
from tests.support.gitrepo import run_git

RUNNER = ("GITHUB_ACTIONS", "GITLAB_CI", "GITEA_ACTIONS", "FORGEJO_ACTIONS", "GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT")


@pytest.fixture(autouse=True)
def own_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in RUNNER:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A person's own clone, on the branch of the change."""
    world = ci_world.make(tmp_path)
    folder = tmp_path / "clone"
    run_git(tmp_path, "clone", "-q", "--branch", "feature", str(tmp_path / "served" / "gitops"), str(folder))
    assert run_git(folder, "rev-parse", "HEAD") == world.head
    monkeypatch.chdir(folder)
    return folder


def test_checks_run_on_a_persons_machine_too(clone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["ci", "check", "--base", "main", "--report", "out/report.md"]) == ExitCode.DONE
    shown = capsys.readouterr().out
    assert [line for line in shown.splitlines() if line.startswith("---")] == [
        "--- promo lint",
        "--- promo verify",
        "--- promo test",
        "--- promo diff",
    ]
    assert "::" not in shown.replace(":::", "")
    assert (clone / "out/report.md").read_text().startswith("## What changes")


def test_no_base_is_said_and_stops_nothing(clone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["ci", "check", "--steps", "diff"]) == ExitCode.DONE
    assert "diff    to look at  nothing names a base to compare with" in capsys.readouterr().out


def test_a_base_that_is_not_there_fails_and_the_rest_is_reported(
    clone: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["ci", "check", "--steps", "test,diff", "--base", "man", "--report", "report.md"]) == ExitCode.INVALID
    text = Path("report.md").read_text()
    assert "| ✅ | `promo test` | 6 tests passed |" in text
    assert "| ❌ | `promo diff` | the base `man` is not in this checkout" in text
    assert "= help: let the checkout fetch the history" in capsys.readouterr().out


def test_a_new_workspace_has_nothing_to_be_compared_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    change = {"inner/promo.toml": "", "inner/a.promo": "environment dev { kind non-prod }\n"}
    ci_world.make(tmp_path, dict(change))
    folder = tmp_path / "clone"
    run_git(tmp_path, "clone", "-q", "--branch", "feature", str(tmp_path / "served" / "gitops"), str(folder))
    monkeypatch.chdir(folder)
    assert run(["ci", "check", "-C", "inner", "--steps", "diff", "--base", "main"]) == ExitCode.DONE
    assert "diff    passed      the workspace is new" in capsys.readouterr().out


def test_no_workspace_is_said_by_the_commands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["ci", "check", "--steps", "lint,diff"]) == ExitCode.INVALID
    assert "there is no workspace here" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("steps", "message"),
    [("lint,tset", "did you mean `test`"), ("everything", "the steps are lint, verify"), (" , ", "no step")],
)
def test_steps_that_do_not_exist(steps: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["ci", "check", "--steps", steps]) == ExitCode.INVALID
    assert message in capsys.readouterr().err


def test_a_comment_needs_a_runner_and_a_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["ci", "comment", str(tmp_path / "report.md")]) == ExitCode.INVALID
    assert "cannot be read: No such file or directory" in capsys.readouterr().err
    (tmp_path / "report.md").write_bytes(b"\xff")
    assert run(["ci", "comment", str(tmp_path / "report.md")]) == ExitCode.INVALID
    assert "is not UTF-8 text" in capsys.readouterr().err
    (tmp_path / "report.md").write_text("report\n")
    assert run(["ci", "comment", str(tmp_path / "report.md")]) == ExitCode.INVALID
    assert "error: this is not a run of GitHub Actions" in capsys.readouterr().err
