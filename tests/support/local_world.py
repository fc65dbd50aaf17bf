"""Workflow templates that run as real processes, in a folder of a test."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from adapters.local.confine import NoIsolationError, choose
from adapters.local.running.folder import RunFolder
from adapters.local.running.settings import LocalSettings
from adapters.local.workflows import LocalWorkflows
from engine.execute.ports import RunPhase, RunState, WorkflowRun
from tests.adapters.execute_contracts.workflows_contract import settled

PATIENCE = 30.0
"""Seconds that something which has to happen is waited for."""


def possible(*names: str) -> list[str]:
    """Return those ways of isolation that this machine allows."""
    found = []
    for name in names:
        try:
            choose(name)
        except NoIsolationError:
            continue
        found.append(name)
    return found


class LocalWorld:
    """A state folder, templates, and what they leave behind.

    Attributes:
        state: the folder of runs.
        shared: a folder that processes may write to, to tell the test something.
    """

    strict = True

    def __init__(self, folder: Path, isolation: str, **settings: Any) -> None:
        self.state = folder / "state"
        self.shared = Path(os.path.realpath(folder)) / "shared"
        self.shared.mkdir()
        self.manifests: dict[str, Mapping[str, Any]] = {}
        self.settings = LocalSettings(
            **{"isolation": isolation, "writable": (str(self.shared),), "images": (("i", "host"),), **settings}
        )
        self.environment: dict[str, str] = {"SECRET_OF_PROMO": "hunter22"}

    def workflows(self) -> LocalWorkflows:
        return LocalWorkflows(self.state, lambda: self.manifests, self.settings, self.environment)

    def add(self, name: str, spec: str) -> None:
        """Add a template by its `spec`, as YAML."""
        self.manifests[name] = {"metadata": {"name": name}, "spec": yaml.safe_load(spec)}

    def script(self, name: str, source: str, outputs: str = "", more: str = "") -> None:
        """Add a template that is one shell script."""
        text = "\n".join(f"        {line}" for line in source.splitlines())
        made = f"    outputs: {{parameters: [{outputs}]}}\n" if outputs else ""
        self.add(
            name,
            f"entrypoint: main\narguments: {{parameters: [{{name: p, value: x}}]}}\ntemplates:\n- name: main\n{more}"
            f"{made.removeprefix('  ')}  script:\n    image: i\n    command: [sh]\n    source: |\n{text}\n",
        )

    def template(
        self,
        name: str,
        *,
        ends: RunPhase,
        outputs: Mapping[str, str] | None = None,
        says: str = "",
        lasts: bool = False,
    ) -> None:
        lines = [f"echo started >> {self.shared}/{name}.started", f"echo '{says}'"]
        lines += [f"printf '%s' '{value}' > {key}.txt" for key, value in (outputs or {}).items()]
        lines += ["sleep 600"] if lasts else []
        lines += [f"exit {0 if ends is RunPhase.SUCCEEDED else 1}"]
        listed = ", ".join(f"{{name: {k}, globalName: {k}, valueFrom: {{path: {k}.txt}}}}" for k in outputs or {})
        self.script(name, "\n".join(lines), listed)

    def started(self, template: str) -> int:
        file = self.shared / f"{template}.started"
        return len(file.read_text().splitlines()) if file.exists() else 0

    def forget(self, run: WorkflowRun) -> None:
        import shutil

        shutil.rmtree(self.state / run.name)

    def pass_time(self) -> None:
        time.sleep(0.05)

    def run(self, template: str, **parameters: str) -> RunState:
        """Run a template to its end."""
        return settled(self, self.asked(template, **parameters))

    def asked(self, template: str, **parameters: str) -> WorkflowRun:
        """Return a run of a template, of the same name."""
        return WorkflowRun(f"k/{template}", template, template, parameters, False, "", False, "r")

    def folder(self, template: str) -> RunFolder:
        """Return the folder of the run of a template."""
        return RunFolder(self.state / template)

    def log(self, template: str) -> str:
        """Return what the processes of the run of a template printed."""
        return "".join(path.read_text() for path in sorted((self.state / template / "nodes").glob("*/log")))

    def told(self, name: str) -> str:
        """Wait until processes have written a file into the shared folder, and return what it says."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            file = self.shared / name
            if file.exists() and (text := file.read_text()):
                return text
            time.sleep(0.02)
        raise AssertionError(f"nobody wrote {name}")


def processes_with(mark: str) -> list[str]:
    """Return the command lines of processes whose arguments hold a mark."""
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                line = Path("/proc", entry, "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
            except OSError:
                continue
            if mark in line and "pytest" not in line:
                found.append(line)
    return found


def there(mark: str) -> bool:
    """Wait until some process has a mark in its arguments."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if processes_with(mark):
            return True
        time.sleep(0.02)
    return False


def gone(mark: str) -> bool:
    """Wait until no process has a mark in its arguments."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if not processes_with(mark):
            return True
        time.sleep(0.05)
    return False
