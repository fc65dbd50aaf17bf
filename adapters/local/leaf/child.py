"""What happens between the fork and the program: a process is confined, or it does not run."""

from __future__ import annotations

import os
import select
import signal
import sys
from typing import NamedTuple, NoReturn

from adapters.local.confine.limits import set_limits
from adapters.local.leaf.job import Job

_SPARE = 32
"""Processes beyond the limit, so that passing it is seen and said before the system refuses another."""


class Crowd(NamedTuple):
    """As whom a process runs, and who else does.

    Attributes:
        user: a user number of its own; None for that of promo.
        counted: whether the system limits the processes of that user.
        others: how many there are besides those of this process.
    """

    user: int | None = None
    counted: bool = False
    others: int = 0


SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""Where programs are looked for."""


def become_first(job: Job, fault: int, crowd: Crowd) -> NoReturn:
    """Be the first process of a namespace: build the root, start the program, end with it.

    When this process ends, the system ends every other one of the namespace.
    """
    from adapters.local.confine import namespaces
    from adapters.local.confine import syscalls as sys_

    try:
        sys_.die_with_parent(signal.SIGKILL)
        if _unheard():
            os._exit(1)
        namespaces.build_root(job.root, job.readable, job.writable, crowd.user)
        program = os.fork()
    except BaseException as failure:
        _give_up(fault, failure)
    if program == 0:
        become_program(job, fault, "", crowd)
    os.close(fault)
    for descriptor in (1, 2):
        os.close(descriptor)
    while True:
        pid, status = os.wait()
        if pid == program:
            code = os.waitstatus_to_exitcode(status)
            os._exit(code if code >= 0 else 128 - code)


def become_program(job: Job, fault: int, prefix: str, crowd: Crowd) -> NoReturn:
    """Confine this process and become the program.

    Args:
        job: what to run.
        fault: where to write what stands in the way; it closes when the program starts.
        prefix: of paths, where the process has no root of its own.
        crowd: as whom it runs.
    """
    try:
        os.setsid()
        for number in (signal.SIGPIPE, signal.SIGINT, signal.SIGTERM, signal.SIGCHLD, signal.SIGXFSZ):
            signal.signal(number, signal.SIG_DFL)
        os.umask(0o022)
        processes = crowd.others + job.processes + _SPARE if crowd.counted else None
        set_limits(memory=job.memory, file_size=job.file_size, processes=processes)
        _restrict(job, crowd)
        os.chdir(prefix + job.folder)
        environment = {
            "PATH": SYSTEM_PATH,
            "LANG": "C.UTF-8",
            **job.environment,
            "HOME": prefix + "/work",
            "TMPDIR": prefix + "/tmp",
        }
        os.execvpe(job.argv[0], list(job.argv), environment)
    except FileNotFoundError as failure:
        _give_up(fault, failure, f"there is no program `{job.argv[0]}`, or not the interpreter it names", 127)
    except BaseException as failure:
        _give_up(fault, failure)


def _unheard() -> bool:
    """Say whether the keeper ended before this process could ask to end with it: nobody reads its output then."""
    reader = select.poll()
    reader.register(1, 0)
    return any(event & select.POLLERR for _, event in reader.poll(0))


def _restrict(job: Job, crowd: Crowd) -> None:
    if not sys.platform.startswith("linux"):
        return
    from adapters.local.confine import syscalls as sys_

    if crowd.user is not None:
        from adapters.local.confine import identity

        identity.become(crowd.user)
    sys_.no_new_privileges()
    if job.isolation != "namespaces":
        sys_.die_with_parent(signal.SIGKILL)
    if job.isolation == "landlock":
        from adapters.local.confine import landlock

        landlock.restrict(job.root, job.readable, job.writable)
    if job.isolation != "none" and crowd.user is None:
        sys_.drop_capabilities()


def _give_up(fault: int, failure: BaseException, message: str = "", code: int = 1) -> NoReturn:
    os.write(fault, (message or f"{type(failure).__name__}: {failure}").encode("utf-8", "replace")[:1000])
    os._exit(code)
