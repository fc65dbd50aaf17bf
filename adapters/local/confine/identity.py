"""A user of its own for a process that root starts.

Root is exempt from the limit of processes, owns files everywhere, and may signal everybody. So where promo runs as
root, a process gets a user number that nobody else has: its processes are counted, and all end with one call. It
keeps one capability, to read and write what root may in the paths that it can reach at all. Source: capabilities(7).
"""

from __future__ import annotations

import os
import signal

from adapters.local.confine import syscalls as sys_

_FIRST = 1_879_048_192
_COUNT = 65_536
_CHOWN, _DAC_OVERRIDE, _KILL, _SETGID, _SETUID, _SETPCAP = 0, 1, 5, 6, 7, 8
_NEEDED = (_CHOWN, _DAC_OVERRIDE, _KILL, _SETGID, _SETUID, _SETPCAP)


def own_user() -> int | None:
    """Return a user number for what this process starts; None where it stays the user's own.

    That is so for everybody but root, and for a root that lacks the powers to become somebody else.
    """
    if os.geteuid() != 0:
        return None
    user = _FIRST + os.getpid() % _COUNT
    return user if _has_capabilities() and _is_mapped("uid", user) and _is_mapped("gid", user) else None


def _has_capabilities() -> bool:
    with open("/proc/self/status", encoding="ascii") as stream:
        lines = dict(line.split(":", 1) for line in stream if ":" in line)
    effective = int(lines["CapEff"].strip(), 16)
    return all(effective >> capability & 1 for capability in _NEEDED)


def _is_mapped(kind: str, number: int) -> bool:
    with open(f"/proc/self/{kind}_map", encoding="ascii") as stream:
        ranges = [tuple(map(int, line.split())) for line in stream]
    return any(first <= number < first + count for first, _, count in ranges)


def give(folder: str, user: int) -> None:
    """Make a folder and all in it a user's; links are not followed."""
    os.chown(folder, user, user, follow_symlinks=False)
    for path, folders, files in os.walk(folder):
        for name in (*folders, *files):
            os.chown(os.path.join(path, name), user, user, follow_symlinks=False)


def become(user: int) -> None:
    """Be a user for good, with no other power than over the modes of files.

    Raises:
        OSError: when that is not allowed.
    """
    sys_.drop_bounding(keep=_DAC_OVERRIDE)
    sys_.keep_capabilities()
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    sys_.only_capability(_DAC_OVERRIDE)


def kill_all(user: int) -> None:
    """Kill every process of a user at once: none can start another meanwhile."""
    child = os.fork()
    if child == 0:
        try:
            os.setresuid(user, user, user)
            os.kill(-1, signal.SIGKILL)
        except ProcessLookupError:
            pass
        finally:
            os._exit(0)
    os.waitpid(child, 0)


def processes_of(user: int) -> int:
    """Return how many threads run as a user, as the limit of processes counts them."""
    count = 0
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                if os.stat(f"/proc/{entry}").st_uid == user:
                    count += len(os.listdir(f"/proc/{entry}/task"))
            except OSError:
                continue
    return count
