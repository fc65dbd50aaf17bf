"""Git as a subprocess: one-shot commands with a deadline and a bounded answer, never through a shell."""

from __future__ import annotations

import os
import re
import selectors
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, NamedTuple

from adapters.git.environment import ARGUMENTS, git_environment
from adapters.git.failure import GitError, GitTimeoutError, OutputTooLargeError
from engine.plan.ports import RepositoryError

MAX_OUTPUT = 64 * 1024 * 1024
"""The most a command may write, in bytes."""

MAX_COMPLAINT = 16 * 1024
"""How much of the end of standard error is kept, in bytes."""

OLDEST = (2, 31)
"""The oldest Git that is used: the first that takes settings from ``GIT_CONFIG_COUNT``."""


class Finished(NamedTuple):
    """How a command ended: its exit status, what it wrote, and the end of its standard error."""

    returncode: int
    output: bytes
    complaint: str


@dataclass(frozen=True, slots=True)
class Git:
    """How Git is run.

    Attributes:
        executable: the absolute path of the program.
        timeout: seconds one command, or one answer of a long-lived one, may take.
        protocols: the transports it may use; none keeps it from reaching any other repository.
        config: settings passed through the environment, out of sight of other users' process lists.
        variables: what is set for it besides, e.g. who commits and when.
        environment: this process's environment as inherited.
    """

    executable: str
    timeout: float
    protocols: tuple[str, ...] = ()
    config: tuple[tuple[str, str], ...] = ()
    variables: tuple[tuple[str, str], ...] = ()
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ), repr=False)

    def allowing(self, protocols: tuple[str, ...]) -> Git:
        """Return the same Git with other transports allowed."""
        return replace(self, protocols=protocols)

    def with_settings(self, config: Mapping[str, str], variables: Mapping[str, str]) -> Git:
        """Return the same Git with further settings and variables."""
        return replace(self, config=(*self.config, *config.items()), variables=(*self.variables, *variables.items()))

    def start(self, folder: Path, arguments: tuple[str, ...], stdin: int | IO[bytes]) -> subprocess.Popen[bytes]:
        """Start a command in a folder, with its own session so that it has no terminal to ask on.

        The caller reads ``stdout`` and ``stderr`` (both unbuffered pipes) and ends the process with `end`.

        Raises:
            GitError: when the folder or the program is gone.
        """
        environment = git_environment(self.environment, protocols=self.protocols, config=dict(self.config))
        environment |= dict(self.variables)
        try:
            return subprocess.Popen(
                [self.executable, *ARGUMENTS, *arguments],
                cwd=folder,
                env=environment,
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else None
            raise GitError(127, f"fatal: cannot run git in this folder: {reason or error}") from error

    def run(self, folder: Path, *arguments: str, stdin: bytes = b"", limit: int = MAX_OUTPUT) -> bytes:
        """Run a command in a folder to its end and return what it wrote.

        Args:
            folder: the working directory.
            arguments: the subcommand and its arguments; the caller guards values with ``--end-of-options`` or ``--``.
            stdin: what the command reads.
            limit: the most it may write, in bytes.

        Raises:
            GitError: when it ends with an error.
            GitTimeoutError: as `finish`.
            OutputTooLargeError: as `finish`.
        """
        finished = self.finish(folder, *arguments, stdin=stdin, limit=limit)
        if finished.returncode != 0:
            raise GitError(finished.returncode, finished.complaint)
        return finished.output

    def finish(self, folder: Path, *arguments: str, stdin: bytes = b"", limit: int = MAX_OUTPUT) -> Finished:
        """Run a command to its end, for callers to whom its output matters however it ends; otherwise as `run`.

        Raises:
            GitTimeoutError: when it takes longer than ``timeout`` seconds; it is killed with its children.
            OutputTooLargeError: when it writes more than ``limit``.
        """
        with tempfile.TemporaryFile() as source:
            source.write(stdin)
            source.seek(0)
            process = self.start(folder, arguments, source if stdin else subprocess.DEVNULL)
        pipes = Pipes(process)
        try:
            deadline = time.monotonic() + self.timeout
            while pipes.pump(deadline, self.timeout):
                if len(pipes.output) > limit:
                    raise OutputTooLargeError(f"the answer of `git {arguments[0]}`", limit)
            returncode = process.wait(timeout=max(0.1, deadline - time.monotonic()))
            pipes.drain()
        except subprocess.TimeoutExpired as error:
            raise GitTimeoutError(self.timeout) from error
        finally:
            pipes.close()
            end(process)
        return Finished(returncode, bytes(pipes.output), pipes.complaint())


class Pipes:
    """What a process writes: its output is kept for the caller to take, the end of its complaints is kept too."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        assert process.stderr is not None
        self.output = bytearray()
        self._errors = bytearray()
        self._stdout, self._stderr = process.stdout, process.stderr
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._stdout, selectors.EVENT_READ)
        self._selector.register(self._stderr, selectors.EVENT_READ)

    def pump(self, deadline: float, allowed: float) -> bool:
        """Wait for the process to write and take it; False once it has closed its output.

        Standard error alone is not waited for: a helper that outlives the command (a shared ssh connection, a
        credential cache) may hold it open.

        Args:
            deadline: on the monotonic clock, in seconds.
            allowed: the whole time that was allowed, for the message.

        Raises:
            GitTimeoutError: when the deadline passes.
        """
        if self._stdout not in self._selector.get_map():
            return False
        if not self._take(max(0.0, deadline - time.monotonic())):
            raise GitTimeoutError(allowed)
        return True

    def drain(self) -> None:
        """Take what has been written already, without waiting."""
        while self._selector.get_map() and self._take(0.0):
            continue

    def _take(self, seconds: float) -> bool:
        ready = self._selector.select(seconds)
        for key, _ in ready:
            data = os.read(key.fd, 1 << 18)
            if not data:
                self._selector.unregister(key.fileobj)
            elif key.fileobj is self._stdout:
                self.output += data
            else:
                self._errors = (self._errors + data)[-MAX_COMPLAINT:]
        return bool(ready)

    def complaint(self) -> str:
        """Return the end of what the process wrote to standard error."""
        return self._errors.decode("utf-8", "replace")

    def close(self) -> None:
        """Close both pipes; a second call does nothing."""
        self._selector.close()
        self._stdout.close()
        self._stderr.close()


def end(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and everything it started, unless it has ended, and reap it."""
    if process.stdin is not None:
        process.stdin.close()
    if process.poll() is None:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            process.kill()
    process.wait()


def find_git(timeout: float) -> Git:
    """Find Git on the search path and check that it is recent enough.

    Raises:
        RepositoryError: when it is missing or older than `OLDEST`.
    """
    executable = shutil.which("git")
    if executable is None:
        raise RepositoryError("git", "the program `git` was not found", "install Git 2.31 or newer, on the PATH")
    git = Git(os.path.abspath(executable), timeout)
    try:
        answer = git.run(Path("/"), "version", limit=4096).decode("utf-8", "replace")
    except GitError as failure:
        raise RepositoryError("git", f"`git version` failed: {failure}", "check the installation of Git") from failure
    version = re.match(r"git version (\d+)\.(\d+)", answer)
    if version is None or (int(version[1]), int(version[2])) < OLDEST:
        found = answer.strip()[:80]
        raise RepositoryError("git", f"Git 2.31 or newer is needed, found `{found}`", "install a newer Git")
    return git
