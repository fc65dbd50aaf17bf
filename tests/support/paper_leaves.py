"""Processes of a workflow on paper: each does what the test says, and time passes only when somebody waits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import yaml

from adapters.local.interpret.check import check
from adapters.local.interpret.leaves import LeafCall, LeafEnd
from adapters.local.interpret.nodes import Phase, Status
from adapters.local.interpret.parse import parse
from adapters.local.interpret.run import Interpreter
from adapters.local.interpret.shapes import Program

Does = Callable[[LeafCall], LeafEnd]


class PaperLeaves:
    """Runs nothing.

    Attributes:
        calls: everything that was to be run, in order.
        pauses: the seconds between tries.
        most: how many ran at the same time, at most.
    """

    def __init__(self, does: Does | None = None) -> None:
        self._does = does or _echo
        self.calls: list[LeafCall] = []
        self.pauses: list[float] = []
        self.most = 0
        self._now = datetime(2026, 1, 1, tzinfo=UTC)
        self._running = 0

    def now(self) -> datetime:
        return self._now

    async def run(self, call: LeafCall) -> LeafEnd:
        self.calls.append(call)
        self._running += 1
        self.most = max(self.most, self._running)
        await asyncio.sleep(0)
        self._running -= 1
        return self._does(call)

    async def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self._now += timedelta(seconds=seconds)
        await asyncio.sleep(0)

    async def resumed(self, node: str, seconds: float | None) -> None:
        assert seconds is not None, "nobody is there who would resume it"
        self._now += timedelta(seconds=seconds)

    def changed(self, status: Status) -> None:
        """Nobody watches."""


def _echo(call: LeafCall) -> LeafEnd:
    """Do what the arguments say: ``fail``, ``error``, or print them; each output file holds its own name."""
    if "fail" in call.args:
        return LeafEnd(Phase.FAILED, "Error (exit code 1)", 1, "", dict.fromkeys(call.paths, "of a failure"))
    if "error" in call.args:
        return LeafEnd(Phase.ERROR, "no such program")
    return LeafEnd(Phase.SUCCEEDED, "", 0, " ".join(call.args) + "\n", {name: f"{name}\n" for name in call.paths})


def program_from(text: str, name: str = "wf") -> Program:
    """Read manifests, the bodies of `spec` by name, and check them."""
    manifests = {key: {"metadata": {"namespace": "argo"}, "spec": spec} for key, spec in yaml.safe_load(text).items()}
    program = parse(manifests, name)
    check(program)
    return program


def played(text: str, leaves: PaperLeaves | None = None, **arguments: str) -> Status:
    """Run the workflow `wf` of some manifests on paper, under the name `wf`."""
    program = program_from(text)
    return asyncio.run(Interpreter(program, "wf", arguments, leaves or PaperLeaves()).run())
