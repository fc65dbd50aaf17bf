"""What a process may use, set for good before it starts."""

from __future__ import annotations

import resource

_OPEN_FILES = 4096


def set_limits(*, memory: int, file_size: int, processes: int | None) -> None:
    """Lower the limits of this process and of all it starts; none is raised.

    Args:
        memory: bytes of data one process may hold; 0 for no limit.
        file_size: bytes one file may have; 0 for no limit.
        processes: how many there may be; None where the system would count those of others too.
    """
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_NOFILE, _OPEN_FILES)
    if memory:
        # Not the address space: many programs reserve far more of it than they use.
        _lower(resource.RLIMIT_DATA, memory)
    if file_size:
        _lower(resource.RLIMIT_FSIZE, file_size)
    if processes is not None:
        _lower(resource.RLIMIT_NPROC, processes)


def _lower(limit: int, value: int) -> None:
    _, hard = resource.getrlimit(limit)
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(limit, (value, value))
