"""Runs a command as somebody at a terminal does: what is asked is answered."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

PATIENCE = 90.0


def at_terminal(
    command: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    answers: Mapping[str, str],
    size: tuple[int, int] = (40, 100),
) -> tuple[int, str]:
    """Run a command to its end at a pseudo-terminal; return its exit code and everything it printed.

    Args:
        command: what is run.
        folder: where.
        environment: of the process.
        answers: what is typed once a text has appeared, by the text.
        size: rows and columns of the terminal.
    """
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    )
    os.close(theirs)
    try:
        return _talk(process, ours, dict(answers))
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def _talk(process: subprocess.Popen[bytes], terminal: int, answers: dict[str, str]) -> tuple[int, str]:
    printed = b""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if not select.select([terminal], [], [], 0.2)[0]:
            continue
        try:
            more = os.read(terminal, 65_536)
        except OSError:  # Linux says so when the last process has closed it.
            more = b""
        if not more:
            return process.wait(PATIENCE), printed.decode("utf-8", "replace")
        printed += more
        for asked in [text for text in answers if text.encode() in printed]:
            os.write(terminal, answers.pop(asked).encode() + b"\n")
    raise AssertionError(f"not over after {PATIENCE} s: {printed.decode('utf-8', 'replace')}")
