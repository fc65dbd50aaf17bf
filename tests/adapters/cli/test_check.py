"""`promo check`: what it prints, and what it ends with."""

import json
from pathlib import Path

import pytest

from adapters.cli.exit_codes import ExitCode
from adapters.cli.main import run


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "dev.promo").write_text("environment dev { kind non-prod }\nenvironment qa { kind non-prod }\n")
    return tmp_path


def test_a_good_workspace_is_counted(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "service.yaml").write_text("apiVersion: v1\nkind: Service\n")
    assert run(["check"]) == ExitCode.DONE
    assert capsys.readouterr() == ("2 environments in 2 files\n", "")
    assert run(["check", "-v"]) == ExitCode.DONE
    assert capsys.readouterr().out == "2 environments in 2 files\npassed over: 1 Service\n"


def test_mistakes_go_to_standard_error(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "p.promo").write_text("policy p { action comit }\npolicy q { }\n")
    assert run(["check"]) == ExitCode.INVALID
    out, err = capsys.readouterr()
    assert out == "2 environments, 2 policies in 2 files\n"
    assert "error[M005]: `comit` is not an action" in err
    assert " --> p.promo:1:19" in err
    assert err.endswith("1 error, 1 warning\n")


def test_warnings_alone_are_no_failure(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "p.promo").write_text("policy q { }\n")
    assert run(["check"]) == ExitCode.DONE
    assert capsys.readouterr().err.endswith("1 warning\n")


def test_json_holds_everything(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "p.promo").write_text("policy p { action pr  action pr }\npolicy q { action comit }\n")
    assert run(["check", "--format", "json"]) == ExitCode.INVALID
    out, err = capsys.readouterr()
    assert err == ""
    data = json.loads(out)
    assert (data["valid"], data["files"], data["counts"]["policies"]) == (False, 2, 2)
    assert data["diagnostics"][0] == {
        "code": "M002",
        "severity": "error",
        "message": "`action` is given more than once in policy `p`",
        "place": {"file": "p.promo", "line": 1, "column": 23, "end_line": 1, "end_column": 32},
        "labels": [
            {
                "place": {"file": "p.promo", "line": 1, "column": 12, "end_line": 1, "end_column": 21},
                "message": "first given here",
            }
        ],
        "help": "keep one of them",
        "fix": None,
    }
    fix = data["diagnostics"][1]["fix"]
    assert (fix["safety"], fix["edits"][0]["text"]) == ("unsafe", "commit")


@pytest.mark.parametrize("form", ["text", "json"])
def test_no_workspace_is_invalid(
    tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["check", "--format", form]) == ExitCode.INVALID
    out, err = capsys.readouterr()
    assert "there is no workspace here" in out + err
    assert (out == "") == (form == "text")


def test_another_folder_is_named_by_option(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "p.promo").write_text("policy p { action comit }\n")
    below = folder / "below"
    below.mkdir()
    (below / "x.promo").write_text("environment x { kind prod }")
    assert run(["check", "-C", "below"]) == ExitCode.DONE
    assert capsys.readouterr().out == "1 environment in 1 file\n"
