"""Runs the processes of a workflow, each under a keeper."""

from __future__ import annotations

import asyncio
import os
import posixpath
import shutil
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from adapters.local.interpret.leaves import LeafCall, LeafEnd
from adapters.local.interpret.nodes import Phase, Status
from adapters.local.leaf.child import SYSTEM_PATH
from adapters.local.leaf.job import Ending, Job, keeper_command
from adapters.local.running.folder import RunFolder
from adapters.local.running.images import HOST, how, mapping_help, unmapped
from adapters.local.running.record import Record
from adapters.local.running.safe_file import UnsafeFileError, read_below

_POLL = 0.1
_PATIENCE = 20.0
_LATE = 5.0  # seconds after the run's deadline in which its runner ends what runs
_LONGEST_VALUE = 256 * 1024
_SCRIPT = "/argo/staging/script"
_OWN_ROOT = "namespaces"


class Processes:
    """The leaves of one run."""

    def __init__(
        self,
        record: Record,
        folder: RunFolder,
        environment: Mapping[str, str],
        changed: Callable[[Status], None],
        lock: int,
    ) -> None:
        """Prepare to run processes.

        Args:
            record: what is run, and what it may do.
            folder: of the run.
            environment: variables that are passed on; their values are kept out of logs.
            changed: is told of every change.
            lock: the descriptor that holds the run's lock; keepers hold it too, so that the run counts as alive until
                the last of its processes has ended.

        While `busy` is 0, no keeper runs.
        """
        self._record, self._folder, self._environment = record, folder, environment
        self._settings, self._lock = record.settings, lock
        self.changed = changed
        self.busy = 0

    def now(self) -> datetime:
        """Return the time, in UTC."""
        return datetime.now(UTC)

    async def pause(self, seconds: float) -> None:
        """Let time pass."""
        await asyncio.sleep(min(seconds, max(self._record.deadline - time.time(), 0) + 1))

    async def resumed(self, node: str, seconds: float | None) -> None:
        """Wait until somebody resumes a node, or its time is over."""
        end = None if seconds is None else time.monotonic() + seconds
        while not self._folder.resumed(node) and (end is None or time.monotonic() < end):
            await asyncio.sleep(_POLL if end is None else max(min(_POLL, end - time.monotonic()), 0))

    async def run(self, call: LeafCall) -> LeafEnd:
        """Run a process to its end."""
        place = self._folder.node(call.node)
        root = place / "root"
        try:
            job = self._job(call, root, place / "log")
        except (OSError, ValueError) as wrong:
            return LeafEnd(Phase.ERROR, str(wrong))
        try:
            ending = await self._kept(job)
            return self._end(call, job, ending)
        finally:
            shutil.rmtree(root, ignore_errors=True)

    def _job(self, call: LeafCall, root: Path, log: Path) -> Job:
        """Prepare the folder of a process.

        Raises:
            OSError: when it cannot be made.
            ValueError: when it cannot be run here; the text says why.
        """
        base = os.path.realpath(root)
        inside = "" if self._record.isolation == _OWN_ROOT else base
        folder = _normal(call.folder or "/work")
        for path in ("/work", "/tmp", folder):
            os.makedirs(base + path, mode=0o700, exist_ok=True)
        argv = list(call.command)
        if call.source is not None:
            os.makedirs(base + posixpath.dirname(_SCRIPT), mode=0o700)
            with open(base + _SCRIPT, "w", encoding="utf-8") as stream:
                stream.write(call.source)
            os.chmod(base + _SCRIPT, 0o700)
            argv.append(inside + _SCRIPT)
        for path in call.paths.values():
            if not self._outside(path):
                os.makedirs(os.path.dirname(base + _normal(path, folder)), mode=0o700, exist_ok=True)
        argv, readable = self._command(call, [*argv, *call.args])
        settings = self._settings
        # At the run's deadline the runner ends it and says so; a keeper would tell what was left of the run as a limit.
        left = max(self._record.deadline - time.time(), 0.0) + _LATE
        return Job(
            root=base,
            argv=tuple(argv),
            environment={**self._environment, **call.environment},
            folder=folder,
            isolation=self._record.isolation,
            readable=readable,
            writable=settings.writable,
            timeout=min(settings.step_timeout if call.timeout is None else call.timeout, left),
            output_limit=settings.output_limit,
            memory=settings.memory,
            file_size=settings.file_size,
            processes=settings.processes,
            log=str(log),
            secrets=tuple(value for value in self._environment.values() if len(value) >= 4),
        )

    def _command(self, call: LeafCall, argv: list[str]) -> tuple[list[str], tuple[str, ...]]:
        """Return what is run for an image, and what it may read."""
        way = how(call.image, self._settings.images) if call.image else HOST
        if way is None:
            raise ValueError(f"{unmapped(call.image)}; {mapping_help(call.image)}")
        if way == HOST:
            if not argv:
                raise ValueError("it has no `command`, and the one of its image is not known here")
            return argv, self._settings.readable
        return [way, call.image, *argv], (*self._settings.readable, way)

    def _outside(self, path: str) -> str:
        """Return the configured folder that a path lies in; empty where it lies in the process's own."""
        whole = _normal(path)
        return next((base for base in self._settings.writable if whole.startswith(base.rstrip("/") + "/")), "")

    async def _kept(self, job: Job) -> Ending:
        self.busy += 1
        try:
            return await self._under_keeper(job)
        finally:
            self.busy -= 1

    async def _under_keeper(self, job: Job) -> Ending:
        pipe = asyncio.subprocess.PIPE
        keeper = await asyncio.create_subprocess_exec(
            *keeper_command(),
            str(self._lock),
            stdin=pipe,
            stdout=pipe,
            start_new_session=True,
            pass_fds=(self._lock,),
            env={"PATH": SYSTEM_PATH},
        )
        assert keeper.stdin is not None
        assert keeper.stdout is not None
        try:
            keeper.stdin.write(job.line())
            await keeper.stdin.drain()
            answer = await keeper.stdout.read()
            await keeper.wait()
        finally:
            # A keeper whose input closes ends everything it started.
            keeper.stdin.close()
            await asyncio.shield(asyncio.ensure_future(_ended(keeper)))
        return Ending.read(answer) or Ending(None, f"its keeper ended with {keeper.returncode} and without an answer")

    def _end(self, call: LeafCall, job: Job, ending: Ending) -> LeafEnd:
        files: dict[str, str] = {}
        problem = ""
        for name, path in call.paths.items():
            try:
                text = self._read(job, path)
            except (UnsafeFileError, OSError) as wrong:
                problem = problem or f"the output parameter `{name}`: {wrong}"
                continue
            if text is not None:
                files[name] = text
        if ending.code is None:
            phase = Phase.FAILED if ending.limit else Phase.ERROR
            return LeafEnd(phase, ending.reason, None, ending.result, files)
        if ending.code:
            return LeafEnd(Phase.FAILED, f"Error (exit code {ending.code})", ending.code, ending.result, files)
        return LeafEnd(Phase.ERROR if problem else Phase.SUCCEEDED, problem, 0, ending.result, files)

    def _read(self, job: Job, path: str) -> str | None:
        outside = self._outside(path)
        if outside:
            return read_below(outside, _normal(path)[len(outside.rstrip("/")) :], _LONGEST_VALUE + 1)
        return read_below(job.root, _normal(path, job.folder), _LONGEST_VALUE + 1)


def _normal(path: str, folder: str = "/") -> str:
    """Return a path without dots, from the root of a process."""
    if "\0" in path:
        raise ValueError("a path holds the character 0")
    return "/" + posixpath.normpath(posixpath.join(folder, path)).lstrip("/")


async def _ended(keeper: asyncio.subprocess.Process) -> None:
    """Wait for a keeper; one that does not end is killed, and so is the first process of its namespace."""
    try:
        await asyncio.wait_for(keeper.wait(), _PATIENCE)
    except TimeoutError:
        keeper.kill()
        await keeper.wait()
