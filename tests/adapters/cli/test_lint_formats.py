"""The forms in which findings are reported, each held against who reads it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest

from adapters.cli.main import run

ROOT = Path(__file__).parents[3]
SCHEMAS = ROOT / "tests" / "schemas"

POLICY = """# Müller's policies
environment prod { kind prod }

policy a {
  when "ü" == product.labels.team and environment.name == x and environment.name == y # 100%, so: yes
  action pr
}

policy b {
  when environment.kind == prod
    or environment.kind == non-prod
  approvals 1
}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    place = tmp_path / "two words"
    place.mkdir()
    (tmp_path / "promo.toml").write_text("")
    (place / "a%.promo").write_text(POLICY, encoding="utf-8")
    (tmp_path / "clean.promo").write_text("environment dev { kind non-prod }\n")
    return tmp_path


def output(capsys: pytest.CaptureFixture[str], form: str, *more: str) -> str:
    assert run(["lint", "--format", form, *more]) == 1
    return capsys.readouterr().out


def data(capsys: pytest.CaptureFixture[str], form: str, *more: str) -> Any:
    return json.loads(output(capsys, form, *more))


def test_sarif_is_valid_and_complete(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = data(capsys, "sarif")
    schema = json.loads((SCHEMAS / "sarif-2.1.0.json").read_text(encoding="utf-8"))
    jsonschema.Draft7Validator.check_schema(schema)
    assert [fault.message for fault in jsonschema.Draft7Validator(schema).iter_errors(log)] == []
    (run_data,) = log["runs"]
    rules = run_data["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == sorted({result["ruleId"] for result in run_data["results"]})
    for result in run_data["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    constant = next(result for result in run_data["results"] if result["ruleId"] == "L102")
    assert constant["level"] == "error"
    place = constant["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "two%20words/a%25.promo", "uriBaseId": "%SRCROOT%"}
    assert place["region"] == {"startLine": 10, "startColumn": 8, "endLine": 11, "endColumn": 36}


def test_sarif_carries_fixes(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (run_data,) = data(capsys, "sarif", "--select", "L304", "--fail-level", "info")["runs"]
    (change,) = run_data["results"][0]["fixes"][0]["artifactChanges"]
    (replacement,) = change["replacements"]
    assert replacement["insertedContent"] == {"text": 'product.labels.team == "ü"'}
    assert replacement["deletedRegion"] == {"startLine": 5, "startColumn": 8, "endLine": 5, "endColumn": 34}


def test_an_empty_sarif_log_is_valid(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["lint", "--format", "sarif", "clean.promo"]) == 0
    log = json.loads(capsys.readouterr().out)
    schema = json.loads((SCHEMAS / "sarif-2.1.0.json").read_text(encoding="utf-8"))
    jsonschema.Draft7Validator(schema).validate(log)
    assert log["runs"][0]["results"] == []


def test_invalid_input_is_reported_in_the_same_form(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "broken.promo").write_text("policy {\n")
    assert run(["lint", "--format", "sarif"]) == 2
    log = json.loads(capsys.readouterr().out)
    jsonschema.Draft7Validator(json.loads((SCHEMAS / "sarif-2.1.0.json").read_text())).validate(log)
    assert [result["ruleId"] for result in log["runs"][0]["results"]][:1] == ["S007"] or log["runs"][0]["results"]


def test_github_gets_workflow_commands(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = output(capsys, "github", "--select", "L102,L304".split(",")[0], "--select", "L304").splitlines()
    assert lines == [
        "::warning file=two words/a%25.promo,line=5,endLine=5,col=8,endColumn=33,title=L304 yoda-condition"
        '::the value `"ü"` stands before what is asked; write `product.labels.team == "ü"`',
        "::error file=two words/a%25.promo,line=10,endLine=11,title=L102 constant-condition"
        "::the condition of policy `b` always holds; leave it out, or say what is meant to be left out",
    ]


def test_github_commands_can_be_undone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever stands in names and messages, a command has one line and its properties can be parted again."""
    place = tmp_path / "a,b:c"
    place.mkdir()
    (place / "x.promo").write_text('policy p { when product.labels.team in ["a%0A,:", "a%0A,:"] action pr }\n')
    assert run(["lint", "-C", str(place), "--format", "github", "--select", "L105", "--fail-level", "info"]) == 1
    (line,) = capsys.readouterr().out.splitlines()
    match = re.fullmatch(r"::warning (.*?)::(.*)", line)
    assert match
    properties = dict(part.split("=", 1) for part in match[1].split(","))
    assert undone(properties["file"]).endswith("a,b:c/x.promo")
    assert undone(match[2]).startswith('`"a%0A,:"` is listed twice')


def undone(text: str) -> str:
    for code, character in (("%2C", ","), ("%3A", ":"), ("%0A", "\n"), ("%0D", "\r"), ("%25", "%")):
        text = text.replace(code, character)
    return text


def test_gitlab_gets_a_code_quality_report(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    issues = data(capsys, "gitlab")
    assert {frozenset(issue) for issue in issues} == {
        frozenset({"description", "check_name", "fingerprint", "severity", "location"})
    }
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)
    assert {issue["severity"] for issue in issues} <= {"info", "minor", "major", "critical", "blocker"}
    first = next(issue for issue in issues if issue["check_name"] == "yoda-condition")
    assert first["location"] == {"path": "two words/a%.promo", "lines": {"begin": 5}}


def test_junit_can_be_opened(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "bad\x01name.promo").write_text("policy c { when prod == environment.kind action pr }\n")
    root = ElementTree.fromstring(output(capsys, "junit").encode("utf-8"))
    (suite,) = root
    cases = suite.findall("testcase")
    assert root.tag == "testsuites"
    assert int(suite.attrib["tests"]) == len(cases)
    failures = [failure for case in cases for failure in case.findall("failure")]
    assert int(suite.attrib["failures"]) == len(failures) > 3
    assert {failure.attrib["type"] for failure in failures} == {"error", "warning"}
    assert any("always holds" in (failure.text or "") for failure in failures)
    assert any(case.attrib["name"] == "clean.promo" and not list(case) for case in cases)


def test_rdjson_is_valid_and_counts_bytes(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = data(capsys, "rdjson")
    schema = json.loads((SCHEMAS / "rdjson" / "DiagnosticResult.json").read_text(encoding="utf-8"))
    jsonschema.Draft4Validator.check_schema(schema)
    assert [fault.message for fault in jsonschema.Draft4Validator(schema).iter_errors(result)] == []
    yoda = next(found for found in result["diagnostics"] if found["code"]["value"] == "L304")
    # The ü takes two bytes, so the end is one further than its column.
    assert yoda["location"] == {
        "path": "two words/a%.promo",
        "range": {"start": {"line": 5, "column": 8}, "end": {"line": 5, "column": 35}},
    }
    assert yoda["suggestions"][0]["text"] == 'product.labels.team == "ü"'


def test_json_names_rules_and_fixes(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    findings = data(capsys, "json")["findings"]
    assert {"L101": "impossible-condition", "M032": "M032"}.items() <= {f["code"]: f["rule"] for f in findings}.items()
    assert all(found["fingerprint"] for found in findings)


def test_text_ends_with_the_count(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = output(capsys, "text", "--select", "L304", "--fail-level", "info")
    assert text.startswith("warning[L304]: the value")
    assert text.endswith("1 warning, 1 with a fix (--fix, --unsafe-fixes)\n")


def test_statistics_count_by_rule(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["lint", "--statistics", "--select", "L304", "--select", "M032"]) == 0
    assert capsys.readouterr().out == "2  M032  M032\n1  L304  yoda-condition  (fixable)\n"
