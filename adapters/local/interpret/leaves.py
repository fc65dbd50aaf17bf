"""What the interpreter needs of the world: somebody who runs processes and knows the time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from adapters.local.interpret.nodes import Phase, Status


@dataclass(frozen=True, slots=True)
class LeafCall:
    """A process to run, with everything filled in.

    Attributes:
        node: the identifier of its node.
        display: the node's short name.
        image: what it runs in.
        command: the program, or the interpreter of a script.
        args: its arguments.
        source: the script; None for a container.
        environment: variables.
        folder: where it begins; empty for the default.
        timeout: seconds; None for the default.
        paths: of output parameters, by their name.
        optional: which of them have a default.
        wants_result: whether somebody asks for its standard output.
    """

    node: str
    display: str
    image: str
    command: tuple[str, ...]
    args: tuple[str, ...]
    source: str | None
    environment: Mapping[str, str]
    folder: str
    timeout: float | None
    paths: Mapping[str, str]
    optional: frozenset[str]
    wants_result: bool


@dataclass(frozen=True, slots=True)
class LeafEnd:
    """How a process ended.

    Attributes:
        phase: succeeded, failed or error.
        message: why.
        code: its exit code; None where it has none.
        result: the end of its standard output.
        files: the texts of its output parameters, by name; those without a file are left out.
    """

    phase: Phase
    message: str = ""
    code: int | None = None
    result: str = ""
    files: Mapping[str, str] = field(default_factory=dict)


class Leaves(Protocol):
    """Runs what a workflow is made of in the end."""

    def now(self) -> datetime:
        """Return the time, in UTC."""

    async def run(self, call: LeafCall) -> LeafEnd:
        """Run a process to its end; when this is cancelled, end it first."""

    async def pause(self, seconds: float) -> None:
        """Let time pass between two tries."""

    async def resumed(self, node: str, seconds: float | None) -> None:
        """Wait until somebody resumes a node, or its time is over; None for no such time."""

    def changed(self, status: Status) -> None:
        """Be told that a node began or ended."""
