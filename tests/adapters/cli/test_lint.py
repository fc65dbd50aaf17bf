"""`promo lint`: what it reads, selects, fixes and ends with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from adapters.cli.main import run

YODA = "policy p {\n  when prod == environment.kind\n  action pr\n}\n"
FIXED = "policy p {\n  when environment.kind == prod\n  action pr\n}\n"
ROOT = Path(__file__).parents[3]
WORKSPACES = sorted(path.parent for path in (ROOT / "policies").glob("*/promo.toml"))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "promo.toml").write_text("")
    (tmp_path / "p.promo").write_text(YODA)
    (tmp_path / "environments.promo").write_text("environment prod { kind prod }\n")
    return tmp_path


def codes(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    run(["lint", "--format", "json", *arguments])
    return [found["code"] for found in json.loads(capsys.readouterr().out)["findings"]]


@pytest.mark.parametrize("workspace", WORKSPACES, ids=lambda path: path.name)
def test_what_is_shipped_has_no_findings(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["lint", str(workspace), "--fail-level", "info"]) == 0
    assert capsys.readouterr().out == "no findings\n"


def test_the_exit_code_follows_the_fail_level(folder: Path) -> None:
    assert run(["lint"]) == 0
    assert run(["lint", "--fail-level", "warning"]) == 1
    (folder / "promo.toml").write_text('[lint]\nfail-level = "warning"\n')
    assert run(["lint"]) == 1
    assert run(["lint", "--fail-level", "never"]) == 0
    (folder / "promo.toml").write_text('[lint.severity]\nyoda-condition = "error"\n')
    assert run(["lint"]) == 1


def test_invalid_input_is_shown_and_nothing_else(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "broken.promo").write_text("policy q { action comit }\n")
    assert run(["lint", "--fix"]) == 2
    assert "error[M005]" in capsys.readouterr().out
    assert (folder / "p.promo").read_text() == YODA


def test_promo_toml_selects(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert codes(capsys) == ["L304"]
    (folder / "promo.toml").write_text('[lint]\nselect = ["default", "missing-description"]\nignore = ["L304"]\n')
    assert codes(capsys) == ["L314", "L314"]
    assert codes(capsys, "--select", "L304") == ["L304"]
    assert codes(capsys, "--ignore", "style") == []


def test_paths_can_be_treated_otherwise(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "legacy").mkdir()
    (folder / "legacy" / "q.promo").write_text(YODA.replace("policy p", "policy q priority 1"))
    (folder / "promo.toml").write_text('[[lint.paths]]\nmatch = ["legacy/**"]\nignore = ["style"]\n')
    assert codes(capsys) == ["L304"]
    (folder / "promo.toml").write_text('[[lint.paths]]\nmatch = ["legacy/**"]\nseverity = { style = "error" }\n')
    assert run(["lint", "legacy"]) == 1
    assert run(["lint", "p.promo"]) == 0
    # Once more, from what was kept of promo.toml.
    assert run(["lint", "legacy"]) == 1


def test_the_command_line_counts_more_than_paths(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "promo.toml").write_text('[[lint.paths]]\nmatch = ["**"]\nselect = ["migration"]\n')
    assert codes(capsys) == []
    assert codes(capsys, "--select", "style") == ["L314", "L314", "L304"]


def test_paths_say_what_is_shown_and_where_the_workspace_is(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert codes(capsys, "environments.promo") == []
    assert codes(capsys, "p.promo") == ["L304"]
    monkeypatch.chdir(folder.parent)
    assert codes(capsys, folder.name) == ["L304"]
    assert codes(capsys, f"{folder.name}/p.promo") == ["L304"]


def test_several_workspaces_are_reported_together(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("one", "two"):
        (folder / name).mkdir()
        (folder / name / "promo.toml").write_text("")
        (folder / name / "p.promo").write_text(YODA)
    assert codes(capsys, "one", "two") == ["L304", "L304"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--select", "yoda"], "there is no rule `yoda`"),
        (["--ignore", "L9"], "there is no rule `L9`"),
        (["nowhere"], "there is no file or folder `nowhere`"),
        (["--statistics", "--format", "json"], "`--statistics` counts findings as text"),
        (["--baseline", "nowhere.json"], "cannot read the baseline `nowhere.json`"),
        (["--write-baseline", "b.json", "--fix"], "`--write-baseline` goes with neither `--baseline` nor fixes"),
    ],
)
def test_calls_that_make_no_sense(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert run(["lint", *arguments]) == 2
    assert message in capsys.readouterr().err


def test_fix_writes_what_is_safe(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["lint", "--fix"]) == 0
    assert capsys.readouterr() == ("no findings\n", "fixed 1 finding in 1 file\n")
    assert (folder / "p.promo").read_text() == FIXED


def test_unsafe_fixes_are_asked_for(folder: Path) -> None:
    flow = "flow f {\n  trigger dev\n  step qa  after dev\n  step uat after qa, dev\n}\n"
    places = "".join(f"environment {name} {{ kind non-prod }}\n" for name in ("dev", "qa", "uat"))
    (folder / "f.promo").write_text(places + flow)
    assert run(["lint", "--fix"]) == 0
    assert (folder / "f.promo").read_text() == places + flow
    assert run(["lint", "--unsafe-fixes"]) == 0
    assert (folder / "f.promo").read_text() == places + flow.replace("qa, dev", "qa")


def test_diff_writes_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["lint", "--diff"]) == 1
    out = capsys.readouterr().out
    assert "-  when prod == environment.kind\n+  when environment.kind == prod\n" in out
    assert (folder / "p.promo").read_text() == YODA
    (folder / "p.promo").write_text(FIXED)
    assert run(["lint", "--diff"]) == 0
    assert capsys.readouterr().out == ""


def test_only_the_paths_that_are_asked_for_are_fixed(folder: Path) -> None:
    (folder / "q.promo").write_text(YODA.replace("policy p", "policy q priority 1"))
    run(["lint", "--fix", "p.promo"])
    assert (folder / "p.promo").read_text() == FIXED
    assert "prod == environment.kind" in (folder / "q.promo").read_text()


def test_line_breaks_stay_what_they_are(folder: Path) -> None:
    (folder / "p.promo").write_bytes(YODA.replace("\n", "\r\n").encode())
    run(["lint", "--fix"])
    assert (folder / "p.promo").read_bytes() == FIXED.replace("\n", "\r\n").encode()


def test_a_baseline_hides_what_was_there(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["lint", "--write-baseline", "known.json"]) == 0
    assert capsys.readouterr().err == "1 finding in known.json from now on known\n"
    assert codes(capsys, "--baseline", "known.json") == []
    (folder / "promo.toml").write_text('[lint]\nbaseline = "known.json"\n')
    (folder / "p.promo").write_text(f"# moved down\n\n{YODA}")
    assert codes(capsys) == []
    (folder / "p.promo").write_text(YODA + YODA.replace("policy p", "policy q priority 1"))
    assert codes(capsys) == ["L304"]
    (folder / "p.promo").write_text(FIXED)
    assert run(["lint"]) == 0
    assert "1 entry of" in capsys.readouterr().err


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"version": 2, "findings": {}}', '{"version": 1, "findings": {"a": 1}}']
)
def test_a_baseline_that_is_none_is_refused(folder: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
    (folder / "known.json").write_text(text)
    assert run(["lint", "--baseline", "known.json"]) == 2
    assert "baseline" in capsys.readouterr().err


def test_rules_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["rules"]) == 0
    assert "  L304* warning  yoda-condition " in capsys.readouterr().out
    assert run(["rules", "--format", "json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert {"code": "L304", "name": "yoda-condition", "fix": "safe", "category": "style"}.items() <= next(
        rule for rule in listed if rule["code"] == "L304"
    ).items()


@pytest.mark.parametrize("asked", ["L304", "l304", "yoda-condition"])
def test_a_rule_is_explained(capsys: pytest.CaptureFixture[str], asked: str) -> None:
    assert run(["rule", asked]) == 0
    assert capsys.readouterr().out == (ROOT / "docs" / "rules" / "yoda-condition.md").read_text(encoding="utf-8")


def test_an_unknown_rule_has_a_neighbour(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["rule", "yoda-conditon"]) == 2
    assert "did you mean `yoda-condition`?" in capsys.readouterr().err
