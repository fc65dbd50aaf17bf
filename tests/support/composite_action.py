"""Runs a composite action of GitHub as its runner does: expressions in variables, scripts in bash, files for outputs.

Only what promo's action uses is known; anything else is an error, so that a new construct is noticed.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

_EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")


@dataclass
class Step:
    """What a step did."""

    name: str
    code: int
    output: str


@dataclass
class Run:
    """A run of an action.

    Attributes:
        steps: what ran, in order.
        outputs: what the action hands on.
        summary: what was written to the job's summary.
    """

    steps: list[Step] = field(default_factory=list)
    outputs: dict[str, str] = field(default_factory=dict)
    summary: str = ""

    @property
    def failed(self) -> bool:
        return any(step.code != 0 for step in self.steps)

    @property
    def log(self) -> str:
        return "".join(step.output for step in self.steps)


@dataclass
class CompositeAction:
    """An action and the runner's folders.

    Attributes:
        folder: where `action.yml` is.
        checkout: the folder steps run in.
        temporary: the runner's folder for the job.
        environment: the job's variables.
        context: what expressions find besides inputs and steps, e.g. ``github.token``.
        used: outputs of the actions that steps use, by the name of the action.
    """

    folder: Path
    checkout: Path
    temporary: Path
    environment: Mapping[str, str]
    context: Mapping[str, str]
    used: Mapping[str, Mapping[str, str]]

    def run(self, given: Mapping[str, str] | None = None, *, skip: frozenset[str] = frozenset()) -> Run:
        """Run the action with inputs; steps whose identity is in ``skip`` are taken as done."""
        action = yaml.safe_load((self.folder / "action.yml").read_text(encoding="utf-8"))
        assert action["runs"]["using"] == "composite"
        found = dict(self.context)
        unknown = set(given or {}) - set(action["inputs"])
        assert not unknown, f"the action has no inputs {unknown}"
        for name, declared in action["inputs"].items():
            value = (given or {}).get(name, declared.get("default", ""))
            found[f"inputs.{name}"] = self._text(value, found)
        run = Run()
        for step in action["runs"]["steps"]:
            if step.get("id") not in skip:
                self._step(step, run, found)
        for name, declared in action["outputs"].items():
            run.outputs[name] = self._text(declared["value"], found)
        summary = self.temporary / "summary.md"
        run.summary = summary.read_text(encoding="utf-8") if summary.exists() else ""
        return run

    def _step(self, step: Mapping[str, Any], run: Run, found: dict[str, str]) -> None:
        if not self._wanted(step.get("if"), run.failed, found):
            return
        if "uses" in step:
            outputs = self.used[step["uses"].partition("@")[0]]
        else:
            outputs = self._script(step, run, found)
        for name, value in outputs.items():
            found[f"steps.{step.get('id')}.outputs.{name}"] = value

    def _script(self, step: Mapping[str, Any], run: Run, found: dict[str, str]) -> dict[str, str]:
        assert step["shell"] == "bash"
        assert "${{" not in step["run"], "an expression in a script is read as part of the script"
        output = self.temporary / "output.txt"
        output.write_text("")
        (self.temporary / "step.sh").write_text(step["run"])
        variables = {name: self._text(value, found) for name, value in step.get("env", {}).items()}
        runner = {
            "RUNNER_TEMP": str(self.temporary),
            "GITHUB_OUTPUT": str(output),
            "GITHUB_STEP_SUMMARY": str(self.temporary / "summary.md"),
            "GITHUB_WORKSPACE": str(self.checkout),
        }
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(self.temporary / "step.sh")],
            cwd=self.checkout,
            env={**self.environment, **runner, **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=280,
        )
        run.steps.append(Step(step["name"], done.returncode, done.stdout))
        return dict(line.split("=", 1) for line in output.read_text().splitlines())

    def _text(self, value: str, found: Mapping[str, str]) -> str:
        # An output that no step set is empty; a misspelt input is an error.
        return _EXPRESSION.sub(
            lambda match: found.get(match[1], "") if match[1].startswith("steps.") else found[match[1]], value
        )

    def _wanted(self, condition: str | None, failed: bool, found: Mapping[str, str]) -> bool:
        if condition is None:
            return not failed
        expression = _EXPRESSION.fullmatch(condition)
        assert expression is not None
        for part in expression[1].split(" && "):
            if part == "!cancelled()":
                continue
            asked = re.fullmatch(r"(steps\.[\w.-]+) != ''", part)
            assert asked is not None, f"`{part}` is no condition that is known here"
            if found.get(asked[1], "") == "":
                return False
        return True
