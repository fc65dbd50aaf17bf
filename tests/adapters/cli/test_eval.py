"""`promo eval`: tables, single pairs and data."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from adapters.cli.main import run

WORKSPACE = """\
environment dev { kind non-prod  cluster in-cluster namespaces dev }
environment prod { kind prod  cluster in-cluster namespaces prod }

product trio {
  flow standard
}
product duo {
  labels team = "payments"
}

policy default {
  action commit
}
policy reviewed priority 100 {
  when environment.kind == prod
  action pr
  approvals 2 from sre
}
policy payments-soak priority 50 {
  when product.labels.team == "payments"
  soak 2h
}
policy payments-rest priority 50 {
  when product.labels.team == "payments" and environment.kind == prod
  soak 1h30m
}
flow standard {
  trigger dev
  step prod after dev { approvals 3 }
}
"""


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "workspace"
    folder.mkdir()
    (folder / "promo.toml").write_text('sources = ["*.promo"]\n')
    (folder / "rules.promo").write_text(WORKSPACE)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.chdir(folder)
    return folder


def line_of(text: str) -> int:
    return next(number for number, line in enumerate(WORKSPACE.splitlines(), 1) if text in line)


def test_all_pairs_are_a_table(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["eval"]) == 0

    shown = capsys.readouterr()
    assert shown.out.splitlines() == [
        "product  environment  action  soak     approvals",
        "trio     dev          commit  -        -",
        "trio     prod         pr      -        2 from sre",
        "duo      dev          commit  2h       -",
        "duo      prod         pr      1h30m !  2 from sre",
    ]
    assert "1 value chosen by name only" in shown.err


def test_one_pair_says_where_each_setting_comes_from(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["eval", "duo", "prod"]) == 0

    shown = capsys.readouterr()
    assert [line.split() for line in shown.out.splitlines()] == [
        ["duo", "->", "prod"],
        ["action", "pr", "policy", "`reviewed`", "(priority", "100)", f"rules.promo:{line_of('action pr')}"],
        ["soak", "1h30m", "!", "policy", "`payments-rest`", "(priority", "50)", f"rules.promo:{line_of('1h30m')}"],
        ["approvals", "2", "from", "sre", "policy", "`reviewed`", "(priority", "100)",
         f"rules.promo:{line_of('approvals 2')}"],
    ]  # fmt: skip
    assert "policy `payments-soak` (priority 50) say" in shown.err


def test_a_flow_s_inline_settings_win(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["eval", "trio", "prod", "--flow", "standard"]) == 0

    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert f"approvals 3 flow `standard` rules.promo:{line_of('approvals 3')}" in lines


@pytest.mark.parametrize(
    ("arguments", "pairs"),
    [
        (["-p", "duo"], [("duo", "dev"), ("duo", "prod")]),
        (["duo"], [("duo", "dev"), ("duo", "prod")]),
        (["-e", "p*", "-p", "*o"], [("trio", "prod"), ("duo", "prod")]),
        (["-p", "duo", "-p", "trio", "-e", "dev"], [("trio", "dev"), ("duo", "dev")]),
        (["--flow", "standard"], [("trio", "prod"), ("duo", "prod")]),
        (["trio", "prod"], [("trio", "prod")]),
    ],
)
def test_filters_choose_pairs(
    arguments: list[str], pairs: list[tuple[str, str]], workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["eval", *arguments, "--format", "json"]) == 0

    found = json.loads(capsys.readouterr().out)["pairs"]
    assert [(pair["product"], pair["environment"]) for pair in found] == pairs


def test_data_has_values_origins_and_ties(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["eval", "duo", "prod", "--format", "json"]) == 0

    (pair,) = json.loads(capsys.readouterr().out)["pairs"]
    assert pair["flow"] is None
    assert pair["settings"]["approvals"] == {
        "value": "2 from sre",
        "count": 2,
        "teams": ["sre"],
        "policy": "reviewed",
        "priority": 100,
        "file": "rules.promo",
        "line": line_of("approvals 2"),
        "column": 3,
    }
    assert pair["settings"]["soak"]["seconds"] == 5400
    assert [tie["policy"] for tie in pair["ambiguous"]["soak"]] == ["payments-soak"]


def test_a_pair_that_nothing_sets_anything_for(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (workspace / "rules.promo").write_text("environment dev { kind non-prod }\nproduct trio { }\n")

    assert run(["eval", "trio", "dev"]) == 0

    shown = capsys.readouterr()
    assert shown.out == "trio -> dev\n  nothing sets anything here\n"
    assert "nothing can be promoted" in shown.err


def test_without_pairs_there_is_nothing_to_show(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (workspace / "rules.promo").write_text("product trio { }\n")

    assert run(["eval"]) == 0
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "there is no pair" in shown.err

    assert run(["eval", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"pairs": []}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["tri", "prod"], "no product `tri` is declared"),
        (["trio", "prd"], "did you mean `prod`?"),
        (["-e", "x*"], "no environment matches `x*`"),
        (["trio", "prod", "--flow", "x"], "there is `standard`"),
        (["trio", "dev", "--flow", "standard"], "flow `standard` has no step into `dev`"),
        (["--format", "yaml"], "is not one of"),
    ],
)
def test_mistakes_in_the_call(
    arguments: list[str], message: str, workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["eval", *arguments]) == 2
    assert message in capsys.readouterr().err


def test_a_workspace_with_errors_is_not_evaluated(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (workspace / "rules.promo").write_text(WORKSPACE.replace("action pr", "action pull"))

    assert run(["eval"]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert f"rules.promo:{line_of('action pr')}" in shown.err


def test_no_name_can_drive_the_terminal(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (workspace / "rules.promo").write_text('environment dev { kind non-prod }\nproduct "a\\u{1b}[31m" { }\n')

    assert run(["eval"]) == 2
    shown = capsys.readouterr()
    assert "\x1b" not in shown.out + shown.err


def test_the_table_needs_no_library_for_tables(workspace: Path) -> None:
    code = "import sys; from adapters.cli.main import run; run(['eval']); print(*sorted(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
    )

    loaded = done.stdout.splitlines()[-1].split()
    assert not {"rich", "z3", "httpx", "jsonpath_rfc9535", "engine.resolve.calendar", "engine.plan"} & set(loaded)
