"""Finds and ends every descendant of a process, whatever sessions and groups they have moved to."""

from __future__ import annotations

import os
import signal
import time

_PAGE = os.sysconf("SC_PAGE_SIZE")
_PATIENCE = 10.0  # seconds until ending a tree that keeps growing is given up


def descendants(of: int) -> list[int]:
    """Return the processes below a process, as the system lists them now; none on systems without /proc."""
    found: list[int] = []
    waiting = [of]
    while waiting:
        children = _children(waiting.pop())
        found += children
        waiting += children
    return found


def _children(of: int) -> list[int]:
    found: list[int] = []
    try:
        threads = os.listdir(f"/proc/{of}/task")
    except OSError:
        return found
    for thread in threads:
        try:
            with open(f"/proc/{of}/task/{thread}/children", encoding="ascii") as stream:
                found += [int(number) for number in stream.read().split()]
        except OSError:
            continue
    return found


def memory_of(processes: list[int]) -> int:
    """Return the bytes of memory that processes hold, apart from what they share with files."""
    total = 0
    for process in processes:
        try:
            with open(f"/proc/{process}/statm", encoding="ascii") as stream:
                resident, shared = stream.read().split()[1:3]
        except OSError:
            continue
        total += max(int(resident) - int(shared), 0) * _PAGE
    return total


def end_all(of: int, spare: frozenset[int] = frozenset()) -> bool:
    """Kill the descendants of a process and reap those that become its own children.

    They are stopped first, until no new one appears, so that none can start another while it is being killed.

    Args:
        of: this process; it adopts orphans.
        spare: children that are left alone, with what is below them.

    Returns:
        Whether none is left.
    """
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        stopped: set[int] = set()
        while fresh := [pid for pid in _unspared(of, spare) if pid not in stopped]:
            for pid in fresh:
                _send(pid, signal.SIGSTOP)
            stopped.update(fresh)
            if time.monotonic() > deadline:
                break
        for pid in stopped:
            _send(pid, signal.SIGKILL)
        _reap(stopped)
        if not stopped and not _unspared(of, spare):
            return True
        time.sleep(0.005)
    return False


def _unspared(of: int, spare: frozenset[int]) -> list[int]:
    found: list[int] = []
    for child in _children(of):
        if child not in spare:
            found += [child, *descendants(child)]
    return found


def _reap(processes: set[int]) -> None:
    for pid in processes:
        try:
            os.waitpid(pid, os.WNOHANG)
        except ChildProcessError:
            continue


def _send(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass
