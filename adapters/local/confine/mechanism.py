"""Chooses how processes are confined: the strongest way this machine allows, never none unasked."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from enum import Enum
from functools import lru_cache


class Isolation(Enum):
    """How a process is confined, strongest first."""

    NAMESPACES = "namespaces"
    LANDLOCK = "landlock"
    NONE = "none"


class NoIsolationError(Exception):
    """A process cannot be confined as it is wanted; the text says why, and `help` what to do."""

    def __init__(self, reason: str) -> None:
        """Describe what is missing."""
        super().__init__(reason)
        self.help = 'run where it is possible, or set `isolation = "none"` in `[workflows.local]` to trust the workflow'


def choose(wanted: str) -> Isolation:
    """Return how processes are confined.

    Args:
        wanted: ``auto``, or one of `Isolation`.

    Raises:
        NoIsolationError: when the machine does not allow what is wanted, or with ``auto`` neither way.
    """
    if wanted == Isolation.NONE.value:
        return Isolation.NONE
    tried = [Isolation.NAMESPACES, Isolation.LANDLOCK] if wanted == "auto" else [Isolation(wanted)]
    reasons = []
    for isolation in tried:
        problem = _problem(isolation)
        if not problem:
            return isolation
        reasons.append(f"{isolation.value}: {problem}")
    raise NoIsolationError(f"processes cannot be confined here ({'; '.join(reasons)})")


@lru_cache(maxsize=8)
def _problem(isolation: Isolation) -> str:
    """Return why a way does not work here, found by trying it; empty where it works."""
    from adapters.local.leaf.job import Job, keeper_command

    if not sys.platform.startswith("linux"):
        return "only Linux has them"
    with tempfile.TemporaryDirectory(prefix="promo-probe-") as folder:
        root = os.path.realpath(folder)
        os.mkdir(f"{root}/work")
        job = Job(root=root, argv=("/bin/sh", "-c", ":"), environment={}, isolation=isolation.value, timeout=20.0)
        pipe = subprocess.PIPE
        with subprocess.Popen(keeper_command(), stdin=pipe, stdout=pipe, stderr=pipe) as keeper:
            assert keeper.stdin is not None
            assert keeper.stdout is not None
            assert keeper.stderr is not None
            keeper.stdin.write(job.line())
            keeper.stdin.flush()
            # Its input stays open until it has answered: closed, it would end the trial.
            answer, errors = keeper.stdout.read(), keeper.stderr.read()
    return _reported(answer, errors)


def _reported(answer: bytes, errors: bytes) -> str:
    from adapters.local.leaf.job import Ending

    ending = Ending.read(answer)
    if ending is None:
        return errors.decode("utf-8", "replace").strip().rpartition("\n")[2] or "the trial ended without an answer"
    return "" if ending.code == 0 else ending.reason or f"the trial ended with {ending.code}"
