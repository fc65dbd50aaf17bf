"""Runs a function in a child process that has fewer rights or less room than the tests have."""

from __future__ import annotations

import os
import resource
import traceback
import warnings
from collections.abc import Callable

NOBODY = 65534


def in_child(work: Callable[[], str], *, largest_file: int | None = None, as_nobody: bool = False) -> str:
    """Return what a function returns in a forked child.

    Args:
        work: what is done there; its result must be short.
        largest_file: bytes that files may have.
        as_nobody: whether the child gives up being root, if it is.
    """
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of forking beside threads; the child needs none of them
        child = os.fork()
    if child == 0:
        try:
            if largest_file is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))
            if as_nobody and os.geteuid() == 0:
                os.setgroups([])
                os.setgid(NOBODY)
                os.setuid(NOBODY)
            said = work()
        except BaseException:
            said = traceback.format_exc()[-4000:]
        os.write(writing, said.encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        answer = pipe.read().decode()
    os.waitpid(child, 0)
    return answer
