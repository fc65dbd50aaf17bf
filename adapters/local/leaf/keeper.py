"""The program that starts one process, watches its limits, and ends all that came of it."""

from __future__ import annotations

import os
import select
import signal
import sys
import time

from adapters.local.leaf.child import Crowd, become_first, become_program
from adapters.local.leaf.descendants import descendants, end_all, memory_of
from adapters.local.leaf.job import Ending, Job
from adapters.local.leaf.recorder import Recorder

_LOOK = 0.1  # seconds between looks at processes and memory
_DRAIN = 2.0  # seconds that output is waited for when every writer should be gone
_CHUNK = 65536


def main() -> None:
    """Read a job from standard input, run it, and write how it ended to standard output.

    An argument is the number of a descriptor that is held until then, and that the process does not get.
    """
    for number in sys.argv[1:]:
        os.set_inheritable(int(number), False)
    job = Job.read(sys.stdin.buffer.readline())
    os.write(1, Keeper(job).run().line())


class Keeper:
    """One process, from its start to the end of all its descendants."""

    def __init__(self, job: Job) -> None:
        """Prepare; nothing is started yet."""
        self._job = job
        self._recorder = Recorder(job.log, job.output_limit, job.secrets)
        self._streams: dict[int, int] = {}
        self._child = 0
        self._status: int | None = None
        self._reason = ""
        self._limit = False
        self._fault = b""
        self._crowd = Crowd()

    def run(self) -> Ending:
        """Run the process to its end."""
        woken, wake = os.pipe()
        for descriptor in (woken, wake):
            os.set_blocking(descriptor, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        try:
            self._start()
        except OSError as failure:
            return Ending(None, f"the process could not be confined: {failure}")
        self._watch(woken)
        self._end_descendants()
        self._drain()
        result, tail, dropped = self._recorder.close()
        code = None if self._status is None or self._reason else self._code(self._status)
        return Ending(code, self._reason, self._limit, result, tail, dropped)

    def _start(self) -> None:
        job = self._job
        self._crowd = crowd = self._prepare()
        output, writes_output = os.pipe()
        errors, writes_errors = os.pipe()
        fault, writes_fault = os.pipe()
        self._child = os.fork()
        if self._child == 0:
            signal.set_wakeup_fd(-1)
            nothing = os.open(os.devnull, os.O_RDONLY)
            for descriptor, target in ((nothing, 0), (writes_output, 1), (writes_errors, 2)):
                os.dup2(descriptor, target)
            if job.isolation == "namespaces":
                become_first(job, writes_fault, crowd)
            become_program(job, writes_fault, job.root, crowd)
        for descriptor in (writes_output, writes_errors, writes_fault):
            os.close(descriptor)
        self._streams = {output: 1, errors: 2, fault: 3}

    def _prepare(self) -> Crowd:
        """Make this process the one that all others end with, and find out as whom they run."""
        if not sys.platform.startswith("linux"):
            return Crowd()
        from adapters.local.confine import identity, syscalls

        isolation = self._job.isolation
        user = identity.own_user() if isolation != "none" else None
        apart = False
        if isolation == "namespaces":
            from adapters.local.confine import namespaces

            apart = namespaces.enter()
        else:
            syscalls.adopt_orphans()
        if user is not None and not apart:
            identity.give(self._job.root, user)
            return Crowd(user, counted=True)
        others = 0 if apart or isolation == "none" else identity.processes_of(os.geteuid())
        return Crowd(None, isolation != "none", others)

    def _watch(self, woken: int) -> None:
        """Take output until the process has ended, its time is over, a limit is passed, or nobody waits for it."""
        deadline = time.monotonic() + self._job.timeout
        look = time.monotonic() + _LOOK
        while self._status is None:
            now = time.monotonic()
            if now >= deadline:
                self._stop(f"it ran for longer than {self._job.timeout:g} s", limit=True)
                return
            if now >= look:
                look = now + _LOOK
                if problem := self._passed_limit():
                    self._stop(problem, limit=True)
                    return
            ready, _, _ = select.select([0, woken, *self._streams], [], [], min(deadline, look) - now)
            if 0 in ready and not os.read(0, _CHUNK):
                self._stop("it was ended from outside")
                return
            if woken in ready:
                os.read(woken, _CHUNK)
            self._take(ready)
            self._reap()

    def _reap(self) -> None:
        pid, status = os.waitpid(self._child, os.WNOHANG)
        if pid:
            self._status = status

    def _passed_limit(self) -> str:
        """Return which limit the processes pass together; empty when none."""
        running = descendants(os.getpid())
        if len(running) > self._job.processes + 1:
            return f"it had more than {self._job.processes} processes"
        if self._job.memory and memory_of(running) > self._job.memory:
            return f"it held more than {self._job.memory:,} bytes of memory"
        return ""

    def _stop(self, reason: str, *, limit: bool = False) -> None:
        self._reason, self._limit = reason, limit
        os.kill(self._child, signal.SIGKILL)
        if self._job.isolation == "namespaces":
            _, self._status = os.waitpid(self._child, 0)

    def _end_descendants(self) -> None:
        """Kill what is left; a process namespace has ended with its first process."""
        if self._job.isolation == "namespaces":
            return
        if self._crowd.user is not None:
            from adapters.local.confine import identity

            identity.kill_all(self._crowd.user)
        if not end_all(os.getpid()):
            self._reason = self._reason or "some of its processes could not be ended"
        if self._status is None:
            try:
                os.killpg(self._child, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                pass
            try:
                _, self._status = os.waitpid(self._child, 0)
            except ChildProcessError:
                self._status = 0

    def _take(self, ready: list[int]) -> None:
        for descriptor in [one for one in self._streams if one in ready]:
            data = os.read(descriptor, _CHUNK)
            if not data:
                os.close(descriptor)
                del self._streams[descriptor]
            elif self._streams[descriptor] == 3:
                self._fault += data
            else:
                self._recorder.take(self._streams[descriptor], data)

    def _drain(self) -> None:
        """Take what was written before the end."""
        deadline = time.monotonic() + _DRAIN
        while self._streams and (left := deadline - time.monotonic()) > 0:
            ready, _, _ = select.select(list(self._streams), [], [], left)
            self._take(ready)
        if self._fault and not self._reason:
            self._reason = self._fault.decode("utf-8", "replace")

    @staticmethod
    def _code(status: int) -> int:
        code = os.waitstatus_to_exitcode(status)
        return code if code >= 0 else 128 - code
