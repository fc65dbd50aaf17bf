"""`promo workflow`: trying a promotion workflow on the author's machine."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from adapters.cli.main import run
from tests.support.local_world import possible

pytestmark = pytest.mark.skipif(
    not possible("namespaces", "landlock"), reason="nothing confines processes here, and nothing else is configured"
)

CONFIGURATION = """\
[workflows]
adapter = "local"

[workflows.local]
images = { "tools:*" = "host" }
"""
TEMPLATES = """\
apiVersion: argoproj.io/v1alpha1
kind: WorkflowTemplate
metadata: {name: smoke-tests, annotations: {codefresh.io/workflow-origin: promotion}}
spec:
  entrypoint: main
  serviceAccountName: robot
  arguments: {parameters: [{name: APP_NAME}, {name: LEVEL, value: low}]}
  templates:
  - name: main
    steps:
    - - name: login
        template: say
        arguments: {parameters: [{name: what, value: "in {{workflow.parameters.APP_NAME}}"}]}
    - - name: pay
        template: say
        when: "{{workflow.parameters.LEVEL}} == high"
        arguments: {parameters: [{name: what, value: paid}]}
  - name: say
    inputs: {parameters: [{name: what}]}
    script:
      image: tools:1
      command: [sh]
      source: |
        echo '{{inputs.parameters.what}}'
        printf 'done\\033[31m' > said
        test '{{inputs.parameters.what}}' != 'in hell'
    outputs: {parameters: [{name: said, globalName: SAID, valueFrom: {path: said}}]}
---
apiVersion: argoproj.io/v1alpha1
kind: WorkflowTemplate
metadata: {name: approve}
spec: {entrypoint: ask, templates: [{name: ask, suspend: {}}]}
---
apiVersion: argoproj.io/v1alpha1
kind: WorkflowTemplate
metadata: {name: strange}
spec: {entrypoint: main, templates: [{name: main, container: {image: unknown, command: [x]}}]}
"""


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "promo.toml").write_text(CONFIGURATION)
    (tmp_path / "workflows.yaml").write_text(TEMPLATES)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def started(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Start a run, and return its name."""
    assert run(["workflow", "run", *arguments, "--detach"]) == 0
    return capsys.readouterr().out.strip()


def test_a_run_is_shown_while_it_goes_on(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["workflow", "run", "smoke-tests", "-p", "APP_NAME=shop"]) == 0
    out, err = capsys.readouterr()
    assert out == "SAID=done\\x1b[31m\n" or out.startswith("SAID=done")
    assert "\x1b" not in out + err, "what a process printed does nothing to a terminal"
    lines = err.splitlines()
    assert "  login | in shop" in lines
    assert lines.index("  login | in shop") < lines.index("✔ login  succeeded")
    assert "○ pay  skipped  when 'low == high' evaluated false" in lines
    assert lines[-1].endswith(" succeeded")


def test_a_run_that_fails_is_told_by_the_exit_code(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["workflow", "run", "smoke-tests", "-p", "APP_NAME=hell"]) == 4
    out, err = capsys.readouterr()
    assert out.startswith("SAID=done"), "a leaf that fails exports too"
    assert "✗ login  failed  Error (exit code 1)" in err
    name = err.split(maxsplit=1)[0]
    assert run(["workflow", "show", name]) == 4
    assert "  ✗ login  failed  Error (exit code 1)" in capsys.readouterr().out.splitlines()
    assert run(["workflow", "logs", name, "login"]) == 0
    assert capsys.readouterr().out == "in hell\n"


@pytest.mark.parametrize(
    ("arguments", "said", "help"),
    [
        (
            ["smok-tests"],
            "`smok-tests`: there is no such workflow template in the workspace",
            "did you mean `smoke-tests`?",
        ),
        (["smoke-tests"], "`smoke-tests`: the parameter `APP_NAME` must be given", "-p APP_NAME=VALUE"),
        (["smoke-tests", "-p", "APP_NAM=x"], "there is no parameter `APP_NAM`", "did you mean `APP_NAME`?"),
        (["smoke-tests", "-p", "APP_NAME"], "`-p APP_NAME` is not of the form NAME=VALUE", "e.g. -p"),
        (["smoke-tests", "-p", "A=1", "-p", "A=2"], "the parameter `A` is given twice", ""),
        (
            ["strange"],
            "strange.templates[main].container.image: no way is configured to run the image `unknown` here",
            '"unknown" = "host"',
        ),
    ],
)
def test_what_cannot_run_is_said_before_it_begins(
    workspace: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str, help: str
) -> None:
    assert run(["workflow", "run", *arguments]) == 2
    err = capsys.readouterr().err
    assert said in err
    assert help in err
    assert not (workspace / ".promo").exists()


def test_nothing_runs_unless_it_is_configured(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (workspace / "promo.toml").write_text("")
    assert run(["workflow", "run", "smoke-tests", "-p", "APP_NAME=shop"]) == 2
    assert 'adapter = "local"' in capsys.readouterr().err
    assert run(["workflow", "list"]) == 0
    assert "none of them runs on this machine" in capsys.readouterr().out


def test_the_list_says_what_runs_and_what_not(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = started(capsys, "smoke-tests", "-p", "APP_NAME=shop")
    assert run(["workflow", "list", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    by_name = {one["name"]: one for one in found["templates"]}
    assert by_name["smoke-tests"]["parameters"] == [
        {"name": "APP_NAME", "required": True},
        {"name": "LEVEL", "required": False},
    ]
    assert by_name["smoke-tests"]["notes"] == ["smoke-tests.serviceAccountName has no meaning here"]
    assert by_name["strange"]["runs"] is False
    assert [one["name"] for one in found["runs"]] == [name]
    assert run(["workflow", "show", name, "--watch"]) == 0
    capsys.readouterr()
    assert run(["workflow", "list"]) == 0
    text = capsys.readouterr().out
    assert "  smoke-tests  APP_NAME* LEVEL" in text
    assert f"  {name}  succeeded  " in text


def waits(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Wait until a run waits for somebody."""
    for _ in range(600):
        run(["workflow", "show", name, "--format", "json"])
        data = json.loads(capsys.readouterr().out)
        if any(node["type"] == "Suspend" for node in data["nodes"]):
            return
        time.sleep(0.05)
    raise AssertionError("it does not wait")


def test_a_suspended_run_is_resumed(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = started(capsys, "approve")
    waits(name, capsys)
    assert run(["workflow", "resume", name, "nope"]) == 2
    assert run(["workflow", "resume", name]) == 0
    assert run(["workflow", "show", name, "--watch"]) == 0
    capsys.readouterr()
    assert run(["workflow", "resume", name]) == 2
    assert f"nothing of the run `{name}` is suspended" in capsys.readouterr().err


def test_a_run_is_terminated(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = started(capsys, "approve")
    assert run(["workflow", "terminate", name, "--reason", "wrong cluster"]) == 0
    assert run(["workflow", "terminate", name]) == 0
    assert "had ended" in capsys.readouterr().err
    assert run(["workflow", "show", name]) == 4
    assert "wrong cluster" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["show", "logs", "terminate", "resume"])
def test_a_run_that_is_not_there_is_said_so(workspace: Path, capsys: pytest.CaptureFixture[str], command: str) -> None:
    assert run(["workflow", command, "../../etc"]) == 2
    assert "there is no run `../../etc`" in capsys.readouterr().err


def test_leaving_a_run_to_itself_says_how_to_go_on(workspace: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    command = [sys.executable, "-m", "adapters.cli.main", "workflow", "run", "approve"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as started:
        assert started.stderr is not None
        lines = [started.stderr.readline()]
        while "waits: promo workflow resume" not in lines[-1]:
            assert lines[-1], "it ended too early"
            lines.append(started.stderr.readline())
        started.send_signal(signal.SIGINT)
        rest = started.stderr.read()
    name = lines[0].split()[0]
    assert run(["workflow", "terminate", name]) == 0
    assert f"the run goes on: promo workflow show {name} --watch, or terminate {name}" in rest
    assert started.returncode == 130
