"""The folder of a run: claimed once, written by its runner, read by everybody."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from adapters.local.running.record import Record

_RECORD, _LOCK, _STATUS, _TERMINATE, _PID = "run.json", "lock", "status.json", "terminate", "runner.pid"


class RunFolder:
    """The folder of one run; nothing in it is read before it is asked for.

    Whoever makes it holds the lock from before anybody else can see it, and hands it to the runner. So a folder whose
    lock is free, and whose status is not final, is that of a run whose runner was killed.
    """

    def __init__(self, path: Path) -> None:
        """Name the folder."""
        self.path = path

    def claim(self, record: Record) -> int | None:
        """Make the folder, with what the run is, unless it is there.

        Returns:
            The descriptor that holds the lock; None where somebody else was first.
        """
        made = self.path.with_name(f".{self.path.name}.{secrets.token_hex(6)}")
        made.mkdir(mode=0o700)
        try:
            lock = os.open(made / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_EXCL, 0o600)
            fcntl.flock(lock, fcntl.LOCK_EX)
            _write(made / _RECORD, record.text())
            (made / "nodes").mkdir()
            (made / "resume").mkdir()
            try:
                os.rename(made, self.path)
            except OSError:
                os.close(lock)
                if not self.exists():
                    raise
                return None
            return lock
        finally:
            shutil.rmtree(made, ignore_errors=True)

    def exists(self) -> bool:
        """Say whether there is such a run."""
        return (self.path / _RECORD).is_file()

    def record(self) -> Record | None:
        """Return what the run is; None where there is no such run."""
        try:
            return Record.read((self.path / _RECORD).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None

    def alive(self) -> bool:
        """Say whether its runner or one of its keepers is alive: whether somebody holds the lock."""
        try:
            lock = os.open(self.path / _LOCK, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(lock)
        return False

    def status(self) -> dict[str, Any] | None:
        """Return the last status its runner wrote; None before the first."""
        try:
            found = json.loads((self.path / _STATUS).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        return found if isinstance(found, dict) else None

    def write_status(self, status: dict[str, Any]) -> None:
        """Replace the status; a reader sees the one before or this one."""
        _write(self.path / _STATUS, json.dumps(status))

    def ask_to_end(self, reason: str) -> None:
        """Ask the runner to end the run; the first reason counts."""
        if not (self.path / _TERMINATE).exists():
            _write(self.path / _TERMINATE, reason)

    def asked_to_end(self) -> str | None:
        """Return why the run is to end; None when nobody asked for it."""
        try:
            return (self.path / _TERMINATE).read_text(encoding="utf-8")
        except FileNotFoundError:
            return None

    def resume(self, node: str) -> None:
        """Let a suspended node go on."""
        _write(self.path / "resume" / node, "")

    def resumed(self, node: str) -> bool:
        """Say whether somebody let a node go on."""
        return (self.path / "resume" / node).exists()

    def write_pid(self) -> None:
        """Write down that this process is the runner."""
        _write(self.path / _PID, str(os.getpid()))

    def kill_runner(self) -> None:
        """Kill the runner, whose processes end with it; another process that got its number is left alone."""
        try:
            number = int((self.path / _PID).read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return
        if self.alive() and self._is_runner(number):
            try:
                os.kill(number, signal.SIGKILL)
            except ProcessLookupError:
                return

    def _is_runner(self, number: int) -> bool:
        try:
            arguments = Path(f"/proc/{number}/cmdline").read_bytes()
        except FileNotFoundError:
            return not os.path.isdir("/proc/self")  # a system that does not list its processes
        return os.fsencode(self.path.resolve()) in arguments.split(b"\0")

    def node(self, node: str) -> Path:
        """Return the folder of a process."""
        return self.path / "nodes" / node

    def log_end(self, node: str, size: int = 4096) -> str:
        """Return the end of a process's output; empty where there is none."""
        try:
            with open(self.node(node) / "log", "rb") as stream:
                stream.seek(max(os.fstat(stream.fileno()).st_size - size, 0))
                return stream.read(size).decode("utf-8", "replace")
        except FileNotFoundError:
            return ""


def make_state(state: Path) -> None:
    """Make a folder that things are remembered in, which Git leaves alone, unless it is there.

    Raises:
        OSError: when it cannot be made.
    """
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    ignored = state / ".gitignore"
    if not ignored.exists():
        _write(ignored, "*\n")


def runs(state: Path) -> Iterator[RunFolder]:
    """Yield the runs of a state folder, by name."""
    try:
        names = sorted(os.listdir(state))
    except FileNotFoundError:
        return
    for name in names:
        if not name.startswith(".") and (folder := RunFolder(state / name)).exists():
            yield folder


def _write(path: Path, text: str) -> None:
    """Write a file so that it is there whole or not at all, also after a power cut."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with open(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(part, path)
