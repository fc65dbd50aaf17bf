"""`promo doctor`: lines for people, JSON for machines, and an exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from adapters.cli.exit_codes import ExitCode
from adapters.cli.main import run
from adapters.doctor.registry import CHECKS
from tests.support import help_world


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "config"))
    (tmp_path / "config").write_text("[user]\n\tname = Ada\n\temail = ada@example.com\n", encoding="utf-8")
    made = help_world.make(tmp_path)
    monkeypatch.chdir(made)
    return made


def test_a_workspace_that_is_well(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor"]) == ExitCode.DONE
    shown = capsys.readouterr()
    assert shown.err == ""
    rows = [line for line in shown.out.splitlines() if line.startswith(("ok ", "skipped "))]
    assert len(rows) >= len(CHECKS)
    assert "ok checkouts https://git.example.com/apps.git at `.`" in [" ".join(row.split()) for row in rows]
    well = [row for row in rows if row.startswith("ok ")]
    assert shown.out.splitlines()[-1].startswith(f"{len(well)} ok")


def test_what_failed_has_a_remedy_and_an_exit_code(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "policies/estate.promo").write_text("environment dev {", encoding="utf-8")
    assert run(["doctor"]) == ExitCode.FINDINGS
    shown = capsys.readouterr().out
    assert "failed   sources       " in shown
    assert "= help: `promo check` shows them all" in shown
    assert "1 failed" in shown.splitlines()[-1]


def test_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor", "--format", "json"]) == ExitCode.DONE
    found = json.loads(capsys.readouterr().out)
    assert found["healthy"] is True
    assert {one["check"] for one in found["results"]} == {check.name for check in CHECKS}
    assert all(set(one) == {"check", "status", "found", "remedy"} for one in found["results"])
    assert run(["doctor", "-C", "nowhere", "--format", "json"]) == ExitCode.FINDINGS
    found = json.loads(capsys.readouterr().out)
    assert found["healthy"] is False
    assert {"failed", "skipped", "ok"} == {one["status"] for one in found["results"]}


def test_colours_are_only_where_they_are_wanted(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert run(["doctor"]) == ExitCode.DONE
    assert "\x1b[32mok" in capsys.readouterr().out
    monkeypatch.setenv("NO_COLOR", "1")
    assert run(["doctor"]) == ExitCode.DONE
    assert "\x1b" not in capsys.readouterr().out
