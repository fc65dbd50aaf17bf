"""What a keeper is told, and what it answers: a line of JSON each."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

RESULT_LIMIT = 256 * 1024
"""Bytes of standard output that become ``outputs.result``: the last ones. Source: Argo Workflows."""


@dataclass(frozen=True, slots=True)
class Job:
    """A process to run.

    Attributes:
        root: an absolute folder without links; it is the process's own, and holds ``work`` and ``tmp``.
        argv: the program and its arguments.
        environment: all the variables it sees, apart from those that name its folders.
        folder: where it begins, from the root; with namespaces also seen so by the process.
        isolation: one of `adapters.local.confine.Isolation`.
        readable: absolute paths it may read.
        writable: absolute paths it may write to.
        timeout: seconds.
        output_limit: bytes of its output that are kept.
        memory: bytes of data all its processes may hold; 0 for no limit.
        file_size: bytes one file may have; 0 for no limit.
        processes: how many processes it may have at once.
        log: the file its output goes to; empty for none.
        secrets: texts that are never written to the log.
    """

    root: str
    argv: tuple[str, ...]
    environment: Mapping[str, str]
    folder: str = "/work"
    isolation: str = "namespaces"
    readable: tuple[str, ...] = ()
    writable: tuple[str, ...] = ()
    timeout: float = 60.0
    output_limit: int = 10_000_000
    memory: int = 0
    file_size: int = 0
    processes: int = 256
    log: str = ""
    secrets: tuple[str, ...] = ()

    def line(self) -> bytes:
        """Return the job as a line."""
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def read(cls, line: bytes) -> Job:
        """Read a line of `line`."""
        data: dict[str, Any] = json.loads(line)
        for name in ("argv", "readable", "writable", "secrets"):
            data[name] = tuple(data[name])
        return cls(**data)


@dataclass(frozen=True, slots=True)
class Ending:
    """How a process ended.

    Attributes:
        code: its exit code, 128 and the signal's number for one that a signal ended; None when it never ran, or was
            ended from outside.
        reason: why it never ran or was ended; empty otherwise.
        limit: whether it was ended because it passed a limit.
        result: the end of its standard output.
        tail: the end of all its output, for messages.
        dropped: bytes of output that were not kept.
    """

    code: int | None
    reason: str = ""
    limit: bool = False
    result: str = ""
    tail: str = ""
    dropped: int = 0

    def line(self) -> bytes:
        """Return the ending as a line."""
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def read(cls, answer: bytes) -> Ending | None:
        """Read a keeper's answer; None where it gave none."""
        try:
            data = json.loads(answer)
        except ValueError:
            return None
        if not isinstance(data, dict):
            return None
        return cls(**data)


def program(module: str) -> list[str]:
    """Return the command that runs a module of promo, with nothing of the caller's surroundings."""
    # Not `-m`: isolated mode leaves the folder of the packages out of the search path.
    above = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
    code = f"import sys; sys.path.insert(0, {above!r}); from {module} import main; main()"
    return [sys.executable, "-I", "-S", "-c", code]


def keeper_command() -> list[str]:
    """Return the command that starts a keeper."""
    return program("adapters.local.leaf.keeper")
