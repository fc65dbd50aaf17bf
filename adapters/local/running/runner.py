"""The program that is one run: it outlives its starter, and nothing outlives it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
import traceback
from pathlib import Path

from adapters.local.interpret.nodes import Phase, Status
from adapters.local.interpret.parse import parse
from adapters.local.interpret.run import Interpreter
from adapters.local.leaf.descendants import end_all
from adapters.local.running.folder import RunFolder
from adapters.local.running.processes import Processes
from adapters.local.running.record import Record

_POLL = 0.1


def main() -> None:
    """Become a process of nobody, and run what the folder says.

    The folder is the first argument, the descriptor that holds its lock the second; the variables that are passed on
    come as JSON on standard input.
    """
    folder, lock = RunFolder(Path(sys.argv[1])), int(sys.argv[2])
    if os.fork():
        os._exit(0)
    os.set_inheritable(lock, False)
    if sys.platform.startswith("linux"):
        from adapters.local.confine.syscalls import adopt_orphans

        adopt_orphans()
    folder.write_pid()
    status = Status()
    try:
        record = folder.record()
        assert record is not None
        environment = json.loads(sys.stdin.buffer.read())
        status = asyncio.run(_Runner(record, folder, environment, lock).run())
    except BaseException as fault:
        traceback.print_exc()
        status.phase, status.message = Phase.ERROR, f"the runner failed: {type(fault).__name__}: {fault}"
    if not end_all(os.getpid()):
        status.phase, status.message = Phase.ERROR, "some processes could not be ended"
    folder.write_status({**status.data(), "final": True})


class _Runner:
    """One run, watched."""

    def __init__(self, record: Record, folder: RunFolder, environment: dict[str, str], lock: int) -> None:
        self._record, self._folder = record, folder
        processes = Processes(record, folder, environment, self._changed, lock)
        program = parse(record.manifests, record.entry)
        self._interpreter = Interpreter(program, record.name, record.arguments, processes)
        self._processes = processes

    def _changed(self, status: Status) -> None:
        self._folder.write_status({**status.data(), "final": False})

    async def run(self) -> Status:
        """Run to the end, or to what ends it."""
        work = asyncio.ensure_future(self._interpreter.run())
        told = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
        while not work.done():
            await asyncio.wait([work], timeout=_POLL)
            reason = self._due(told.is_set())
            if reason and not work.done():
                self._interpreter.stopping = reason
                work.cancel()
                await asyncio.wait([work])
                self._interpreter.book.conclude(Phase.FAILED, reason)
                return self._interpreter.book.status
            if not self._processes.busy:
                # Where a keeper was killed, what it kept was handed to this process.
                end_all(os.getpid())
        return work.result()

    def _due(self, told: bool) -> str:
        """Return why the run is over; empty while it goes on."""
        asked = self._folder.asked_to_end()
        if asked is not None:
            return f"Stopped with strategy 'Terminate': {asked}" if asked else "Stopped with strategy 'Terminate'"
        if told:
            return "its runner was told to end"
        if time.time() >= self._record.deadline:
            return f"it ran for longer than {self._record.deadline - self._record.created:g} s"
        return ""
