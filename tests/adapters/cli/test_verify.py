"""`promo verify`: what it says, in which form, and what it exits with."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest

from adapters.cli import verify_run
from adapters.cli.main import run
from engine.verify.checks.registry import CHECKS

SCHEMAS = Path(__file__).parents[2] / "schemas"
GOLDEN = Path(__file__).parents[2] / "golden" / "verify" / "counterexample.txt"
WORKSPACE = """\
environment dev { kind non-prod  cluster in-cluster namespaces dev }
environment prod { kind prod  cluster in-cluster namespaces prod }
product shop { labels team = "web"  flow standard }

policy default { action pr }
policy web priority 50 {
  when product.labels.team == "web"
  soak 1h
}
policy production priority 50 {
  when environment.kind == prod
  soak 2h
}
policy old priority 10 {
  when environment.kind == prod
  soak 3h
}

require reviewed "production is reviewed" {
  when environment.kind == prod
  that action == pr
}
flow standard {
  trigger dev
  step prod after dev
}
"""
PROVED = WORKSPACE.replace("soak 2h", "soak 1h").replace("soak 3h", "post-action watch")
LATER = PROVED + 'policy tagged priority 90 {\n  when product.tags == "fast"\n  action commit\n}\n'


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("PROMO_CACHE_DIR", str(tmp_path / "cache"))
    folder = tmp_path / "workspace"
    folder.mkdir()
    monkeypatch.chdir(folder)
    write(folder, WORKSPACE)
    return folder


def write(folder: Path, text: str) -> None:
    (folder / "rules.promo").write_text(text, encoding="utf-8")


def test_a_counterexample_is_shown_as_a_merge_with_its_command(
    workspace: Path, capsys: pytest.CaptureFixture[str], golden: Callable[[Path, str], None]
) -> None:
    assert run(["verify"]) == 1

    golden(GOLDEN, capsys.readouterr().out)


def test_what_holds_is_counted(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(workspace, PROVED)
    assert run(["verify", "--statistics"]) == 0

    first, second = capsys.readouterr().out.splitlines()
    assert re.fullmatch(
        r"all \d+ statements proved for every product and environment that could exist \(18 checks\)", first
    )
    assert re.fullmatch(
        r"goals \d+, decided without solver \d+, solver calls \d+, p50 \d+\.\d\d ms, p99 \d+\.\d\d ms", second
    )


def test_every_proof_can_be_listed_with_what_carries_it(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["verify", "-v"]) == 1

    shown = capsys.readouterr().out
    assert "  the proof needs\n    policy `production`  rules.promo:10\n" in shown
    assert "V401 requirement, ruled out for\n  requirement `reviewed`  by policy `default`" in shown


def test_what_is_only_possible_is_a_warning(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(workspace, LATER)

    assert run(["verify"]) == 0
    shown = capsys.readouterr().out
    assert "warning[V401]" in shown
    assert "with names that are not declared yet" in shown
    assert run(["verify", "--fail-level", "warning"]) == 1


def test_a_closed_world_has_the_declared_names_only(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(workspace, LATER)

    assert run(["verify", "--closed", "--skip", "V2"]) == 0
    assert "proved for every declared pair" in capsys.readouterr().out


def test_unknown_is_no_success(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["verify", "--rlimit", "1", "--only", "dead-setting", "--only", "V202"]) == 3
    shown = capsys.readouterr().out
    assert "is not known: the prover gave up" in shown
    assert "1 unknown" in shown

    # What was not found out is not remembered as anything.
    assert run(["verify", "--only", "dead-setting", "--only", "V202"]) == 0
    assert "policy `old` never decides anything" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "codes"),
    [
        (["--only", "V101"], {"V101"}),
        (["--only", "ambiguous-merge", "--only", "v202"], {"V101", "V202"}),
        (["--only", "V2"], {"V201", "V202", "V203"}),
        (["--skip", "V2", "--skip", "V101"], {found.code for found in CHECKS} - {"V101", "V201", "V202", "V203"}),
    ],
)
def test_checks_are_chosen(
    workspace: Path, arguments: list[str], codes: set[str], capsys: pytest.CaptureFixture[str]
) -> None:
    run(["verify", *arguments, "--format", "json"])

    data = json.loads(capsys.readouterr().out)
    assert {found["code"] for found in data["checks"]} == codes
    assert {found["code"] for found in (*data["findings"], *data["proofs"])} <= codes


def test_a_check_that_does_not_exist(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["verify", "--only", "ambigous-merge"]) == 2
    assert "there is no check `ambigous-merge`\n  = help: did you mean `ambiguous-merge`?" in capsys.readouterr().err
    assert run(["verify", "--skip", "V"]) == 2
    assert "there are V101 to V802" in capsys.readouterr().err


def test_a_broken_workspace_is_invalid(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(workspace, "policy {\n")

    assert run(["verify"]) == 2
    assert "error[S" in capsys.readouterr().err


def test_an_empty_workspace_has_nothing_wrong(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(workspace, "policy default { action pr }\n")

    assert run(["verify"]) == 0


def _machine(workspace: Path, form: str, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert run(["verify", "--format", form, *arguments]) in (1, 3)
    return capsys.readouterr().out


def test_as_data(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = json.loads(_machine(workspace, "json", capsys))

    assert data["proved"] is False
    assert not data["unknown"]
    ambiguous, dead = data["findings"]
    assert ambiguous["code"] == "V101"
    assert ambiguous["now"]
    assert ambiguous["verdict"] == {"kind": "refuted"}
    example = ambiguous["counterexample"]
    assert example["given"] == ["product.name=shop", "environment.name=prod"]
    assert example["command"] == "promo eval --given product.name=shop --given environment.name=prod"
    assert example["product"]["facts"] == {"product.name": ["shop"], "product.labels.team": ["web"]}
    assert example["settings"]["soak"]["value"] == "2h"
    assert [found["value"] for found in example["ambiguous"]["soak"]] == ["1h"]
    assert dead["verdict"] == {"kind": "proved"}
    assert dead["core"] == [{"kind": "policy", "name": "production", "file": "rules.promo", "line": 10, "column": 1}]
    (reviewed,) = (proof for proof in data["proofs"] if proof["code"] == "V401")
    assert [reason["name"] for reason in reviewed["core"]] == ["default", "reviewed"]


def test_as_data_what_is_unknown(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = json.loads(_machine(workspace, "json", capsys, "--rlimit", "1", "--only", "V201", "--no-cache"))

    (found,) = data["unknown"]
    assert found["verdict"]["kind"] == "unknown"
    assert "gave up" in found["verdict"]["reason"]


def test_as_sarif(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log: dict[str, Any] = json.loads(_machine(workspace, "sarif", capsys))

    (only,) = log["runs"]
    assert [rule["id"] for rule in only["tool"]["driver"]["rules"]] == ["V101", "V202"]
    ambiguous, dead = only["results"]
    assert ambiguous["level"] == "error"
    assert dead["level"] == "warning"
    assert (
        "`promo eval --given product.name=shop --given environment.name=prod` shows it"
        in (ambiguous["message"]["text"])
    )
    place = ambiguous["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "rules.promo"
    assert place["region"]["startLine"] == 12


def test_sarif_is_valid(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    schema = json.loads((SCHEMAS / "sarif-2.1.0.json").read_text(encoding="utf-8"))
    clean = workspace.parent / "clean"
    clean.mkdir()
    (clean / "promo.toml").write_text("")
    (clean / "a.promo").write_text("environment dev { kind non-prod }\n")
    unknown = ("--rlimit", "1", "--only", "V201", "--no-cache")
    for arguments, code in (((), 1), (unknown, 3), (("-C", str(clean)), 0)):
        assert run(["verify", "--format", "sarif", *arguments]) == code
        log = json.loads(capsys.readouterr().out)
        assert [fault.message for fault in jsonschema.Draft7Validator(schema).iter_errors(log)] == []
        assert bool(log["runs"][0]["results"]) is bool(code)


def test_as_junit(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = ElementTree.fromstring(_machine(workspace, "junit", capsys).encode())

    assert root.attrib["failures"] == "2"
    assert len(root.findall("testsuite")) == len(CHECKS)
    assert len(root.findall("testsuite/testcase")) == int(root.attrib["tests"])
    (failure,) = root.findall("testsuite[@name='V101 ambiguous-merge']/testcase/failure")
    assert failure.attrib["type"] == "error"
    assert "promo eval --given product.name=shop" in (failure.text or "")


def test_junit_holds_any_name(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (workspace / "rules.promo").rename(workspace / "a<b>&'c.promo")
    root = ElementTree.fromstring(_machine(workspace, "junit", capsys).encode())

    assert any("a<b>&'c.promo:" in (failure.text or "") for failure in root.iter("failure"))


def test_junit_tells_unknown_from_refuted(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown = _machine(workspace, "junit", capsys, "--rlimit", "1", "--only", "V201", "--no-cache")
    root = ElementTree.fromstring(shown.encode())

    assert (root.attrib["failures"], root.attrib["errors"]) == ("0", "1")


def test_the_command_repeats_the_folder(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (workspace / "it's").mkdir()
    (workspace / "rules.promo").rename(workspace / "it's" / "rules.promo")

    assert run(["verify", "-C", "it's"]) == 1
    assert "promo eval -C 'it'\"'\"'s' --given product.name=shop" in capsys.readouterr().out


# --- the cache -------------------------------------------------------------------------------------


def _statistics(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[Any, Any]:
    run(["verify", "--format", "json", *arguments])
    data = json.loads(capsys.readouterr().out)
    return data.pop("statistics")["solver_calls"], data


def test_unchanged_goals_come_from_the_cache(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, told = _statistics(capsys)
    again, same = _statistics(capsys)
    fresh, anew = _statistics(capsys, "--no-cache")

    assert told == same == anew
    assert first == fresh > 0 == again


def test_moved_lines_are_no_change(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, before = _statistics(capsys)
    write(workspace, "# a comment\n\n" + WORKSPACE)
    calls, after = _statistics(capsys)

    assert calls == 0
    lines = [found["place"]["line"] for found in after["findings"]]
    assert lines == [found["place"]["line"] + 2 for found in before["findings"]]


def test_a_damaged_cache_is_no_cache(workspace: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, told = _statistics(capsys)
    entries = [path for path in (tmp_path / "cache" / "proofs").rglob("*") if path.is_file()]
    assert entries
    for path in entries:
        path.write_bytes(path.read_bytes()[:-1] + b"!")

    assert _statistics(capsys) == (first, told)


def test_the_solver_is_loaded_only_where_something_is_new(workspace: Path) -> None:
    program = "import sys; from adapters.cli.main import run; run(['verify']); print('z3' in sys.modules)"
    loaded = [
        subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()[-1]
        for _ in range(2)
    ]
    assert loaded == ["True", "False"]


# --- progress --------------------------------------------------------------------------------------


def test_progress_is_for_terminals(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(verify_run, "_QUIET", -1.0)
    run(["verify"])
    assert capsys.readouterr().err == ""

    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    run(["verify"])
    shown = capsys.readouterr().err
    assert "\rverifying: ambiguous-merge (1 of 18)" in shown
    assert shown.endswith("\r")
