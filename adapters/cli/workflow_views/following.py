"""Shows a run while it goes on."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import click

from adapters.cli.exit_codes import ExitCode
from adapters.cli.workflow_views.detail import detail, node_text
from grammar.render import printable

if TYPE_CHECKING:
    from adapters.local.running.folder import RunFolder

_LOOK = 0.15
_SHOWN = ("Pod", "Suspend", "Skipped", "Retry")


def follow(folder: RunFolder) -> int:
    """Show what a run does until it ends: progress on standard error, its outputs on standard output."""
    shown = _Shown(folder)
    while True:
        data = detail(folder)
        shown.update(data)
        if data["phase"] not in ("Pending", "Running"):
            break
        time.sleep(_LOOK)
    for name, value in data["outputs"].items():
        click.echo(f"{name}={printable(value)}")
    good = data["phase"] == "Succeeded"
    ending = "succeeded" if good else f"{'failed' if data['phase'] == 'Failed' else 'could not be run'}"
    message = f": {printable(data['message'])}" if data["message"] and not good else ""
    click.echo(f"{data['name']} {ending}{message}", err=True)
    return ExitCode.DONE if good else ExitCode.EXECUTION_FAILED


class _Shown:
    """What was printed of a run so far."""

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder
        self._phases: dict[str, str] = {}
        self._read: dict[str, int] = {}
        self._begun = False

    def update(self, data: dict[str, Any]) -> None:
        """Print what is new."""
        if not self._begun:
            self._begun = True
            click.echo(f"{data['name']}  {data['template']}, isolated by {data['isolation']}", err=True)
        for node in data["nodes"]:
            if node["phase"] != "Running":
                self._log(node)
            if node["type"] in _SHOWN and self._phases.get(node["id"]) != node["phase"]:
                self._phases[node["id"]] = node["phase"]
                hint = ""
                if node["type"] == "Suspend" and node["phase"] == "Running":
                    hint = f"  waits: promo workflow resume {data['name']}"
                click.echo(node_text(node) + hint, err=True)
            if node["phase"] == "Running":
                self._log(node)

    def _log(self, node: dict[str, Any]) -> None:
        """Print the whole lines that are new in a process's log; the rest once it has ended."""
        if node["type"] != "Pod":
            return
        try:
            with open(self._folder.node(node["id"]) / "log", "rb") as stream:
                stream.seek(self._read.get(node["id"], 0))
                data = stream.read()
        except FileNotFoundError:
            return
        end = len(data) if node["phase"] != "Running" else data.rfind(b"\n") + 1
        self._read[node["id"]] = self._read.get(node["id"], 0) + end
        for line in data[:end].decode("utf-8", "replace").splitlines():
            click.echo(f"  {printable(node['displayName'])} | {printable(line)}", err=True)
