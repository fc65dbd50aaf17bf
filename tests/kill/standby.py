"""Workers that stand by: everything is imported, and they begin when they are told to.

So that how soon a release is taken over does not depend on how long Python takes to begin, which on a busy machine is
longer than everything else together.
"""

from __future__ import annotations

import select
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import BinaryIO


def stand_by() -> None:
    """Say that this process is ready, and wait until it is needed; end where nobody needs it any more."""
    print("ready", flush=True)
    if not sys.stdin.readline():
        sys.exit(0)


def prepare(
    command: Sequence[str], folder: Path, log: BinaryIO, environment: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    """Start a process that stands by.

    Args:
        command: a program that calls `stand_by` before it begins.
        folder: to run it in.
        log: what it complains is written to.
        environment: its variables.
    """
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=folder, stdin=pipe, stdout=pipe, stderr=log, env=environment)


def is_ready(process: subprocess.Popen[bytes]) -> bool:
    """Say whether a process has got so far that it stands by, or has ended."""
    assert process.stdout is not None
    return bool(select.select([process.stdout], [], [], 0)[0])


def begin(process: subprocess.Popen[bytes]) -> None:
    """Tell a process to begin, as soon as it is ready."""
    assert process.stdin is not None
    process.stdin.write(b"begin\n")
    process.stdin.flush()


def bury(process: subprocess.Popen[bytes]) -> None:
    """Kill a process, if it lives, and keep nothing of it."""
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        assert pipe is not None
        pipe.close()
