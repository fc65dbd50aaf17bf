"""Small workspaces, each with everything that verifying it finds: codes, severities, witnesses and cores.

A folder holds `.promo` files, perhaps manifests, perhaps `arguments.txt` with options of `promo verify`, and
`expected.txt`: a line a finding, and below it its witness and its core. `pytest --update-golden` writes it.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from adapters.cli.main import run
from adapters.cli.verify_views.outcome import Verified
from adapters.workspace import Loaded, load
from engine.resolve.resolver import Resolver
from engine.verify.checks.registry import CHECKS
from engine.verify.finding import Finding
from engine.verify.report import Report
from engine.verify.verdict import Proved, Refuted
from engine.verify.verification import verify_workspace
from grammar.diagnostics import Severity

CASES = Path(__file__).parent / "cases"
NAMES = sorted(folder.name for folder in CASES.iterdir())
NEVER_FOUND = {"V102"}
"""V102 says that V101 found everything: where it fails, V101 is at fault, so no workspace shows it."""

_SET = re.compile(r"`([a-z-]+)` is `([^`]+)` by (?:policy `([^`]+)`|the step of flow `([^`]+)`)")
_UNSET = re.compile(r"nothing sets `([a-z-]+)`")
_TIE = re.compile(r"^`([a-z-]+)` of .* is `([^`]+)` or `([^`]+)`: policies `([^`]+)` and `([^`]+)`")
_APPROVALS = re.compile(r"^`approvals ([^`]+)` cannot be given")


def verified(name: str) -> tuple[Loaded, Report]:
    loaded = load(CASES / name)
    assert not loaded.broken, loaded.diagnostics
    arguments = CASES / name / "arguments.txt"
    closed = arguments.exists() and "--closed" in arguments.read_text(encoding="utf-8").split()
    return loaded, verify_workspace(loaded.workspace, closed=closed)


def written(found: Finding) -> str:
    lines = [f"{found.code} {found.severity.value} {found.subject} | {found.message}"]
    if found.witness is not None:
        lines.append(f"  witness {' '.join(map(shlex.quote, found.witness.given()))}")
    if found.core:
        lines.append(f"  core {', '.join(map(str, found.core))}")
    return "".join(f"{line}\n" for line in lines)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_found(name: str, golden: Callable[[Path, str], None]) -> None:
    loaded, report = verified(name)

    assert not report.unknown
    golden(CASES / name / "expected.txt", "".join(map(written, report.findings)))
    for found in report.findings:
        assert found.help or found.code == "V102"
        if found.span.source:
            assert found.span.source in loaded.sources
        if isinstance(found.verdict, Refuted):
            assert found.witness == found.verdict.witness
        else:
            assert found.witness is None
        if isinstance(found.verdict, Proved):
            assert set(found.core) <= set(found.verdict.core)
        if found.witness is not None and not found.now:
            assert found.severity is not Severity.ERROR, "what is only possible is no error"


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.code)
def test_a_check_has_a_case_with_a_finding_and_one_without(check: Any) -> None:
    own = [name for name in NAMES if name.startswith(f"{check.code.lower()}-")]
    expected = {name: (CASES / name / "expected.txt").read_text(encoding="utf-8") for name in own}
    found = {name for name, text in expected.items() if re.search(rf"^{check.code} ", text, re.MULTILINE)}

    assert {name for name in own if "-fine-" in name} == set(own) - found, "`fine` says that the check finds nothing"
    assert set(own) - found, "one without a finding"
    assert found or check.code in NEVER_FOUND, "one with a finding"


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.code)
def test_a_case_without_a_finding_has_a_proof(check: Any) -> None:
    fine = [name for name in NAMES if name.startswith(f"{check.code.lower()}-fine-")]

    assert any(proof.code == check.code for name in fine for proof in verified(name)[1].proved)


# --- the commands that are shown -------------------------------------------------------------------


def evaluated(command: str, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """Run a command as it is shown, but for its form, and return the one pair it is about."""
    program, *arguments = shlex.split(command)
    assert program == "promo"
    assert run([*arguments, "--format", "json"]) == 0
    (pair,) = json.loads(capsys.readouterr().out)["pairs"]
    assert isinstance(pair, dict)
    return pair


def claims_hold(message: str, pair: dict[str, Any]) -> int:
    """Assert that a pair is set as a message says; return how many claims there were."""
    count = 0
    settings = pair["settings"]
    for name, value, policy, flow in _SET.findall(message):
        assert settings[name]["value"] == value
        assert settings[name].get("policy", "") == policy
        assert settings[name].get("flow", "") == flow
        count += 1
    for name in _UNSET.findall(message):
        assert name not in settings
        count += 1
    for name, one, other, first, second in _TIE.findall(message):
        values = {settings[name]["value"]: settings[name]["policy"]}
        values |= {found["value"]: found["policy"] for found in pair["ambiguous"][name]}
        assert {one, other} <= set(values)
        assert {first, second} <= {settings[name]["policy"], *(found["policy"] for found in pair["ambiguous"][name])}
        count += 1
    for value in _APPROVALS.findall(message):
        assert settings["approvals"]["value"] == value
        count += 1
    return count


@pytest.mark.parametrize("name", NAMES)
def test_every_command_shows_what_is_claimed(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    loaded, report = verified(name)
    shown = Verified(loaded, report, CHECKS, Resolver(loaded.workspace), CASES / name)
    for found in report.findings:
        if found.witness is not None:
            pair = evaluated(shown.command(found.witness), capsys)
            # What was passed on the way is no setting: a requirement that asks nothing else claims none.
            assert claims_hold(found.message, pair) or ": " not in found.message
            decision = shown.decision(found.witness)
            assert {key: value["value"] for key, value in pair["settings"].items()} == {
                key: json.loads(json.dumps(_value(decision.value(key)))) for key in decision.effective
            }


def _value(value: Any) -> str:
    from engine.model.values import written as as_written

    return as_written(value)
