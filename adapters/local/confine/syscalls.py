"""The system calls of Linux that Python does not offer.

Nothing here is imported on other systems. Numbers below 424 differ between machines; those after it are the same
everywhere. Source: the man pages of each call, and `linux/landlock.h`.
"""

from __future__ import annotations

import ctypes
import os
import platform

CLONE_NEWNS, CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID = 0x00020000, 0x08000000, 0x10000000, 0x20000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_BIND, MS_REC, MS_PRIVATE = 1, 2, 4, 8, 4096, 16384, 1 << 18
MNT_DETACH = 2
ATTR_RDONLY, ATTR_NOSUID, ATTR_NODEV = 1, 2, 4
_PR_SET_PDEATHSIG, _PR_CAPBSET_DROP, _PR_SET_CHILD_SUBREAPER, _PR_SET_NO_NEW_PRIVS = 1, 24, 36, 38
_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, _PR_CAP_AMBIENT_CLEAR_ALL, _PR_SET_KEEPCAPS = 47, 2, 4, 8
_AT_RECURSIVE, _AT_FDCWD = 0x8000, -100
_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41, "riscv64": 41, "loongarch64": 41, "ppc64le": 203, "s390x": 217}
_CAPSET = {"x86_64": 126, "aarch64": 91, "riscv64": 91, "loongarch64": 91, "ppc64le": 184, "s390x": 185}
_MOUNT_SETATTR, _LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 442, 444, 445, 446
_CAP_VERSION_3 = 0x20080522

_libc = ctypes.CDLL(None, use_errno=True)


def _checked(result: int, what: str) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")
    return result


def _number(numbers: dict[str, int], what: str) -> int:
    machine = platform.machine()
    if machine not in numbers:
        raise OSError(f"{what}: not known on {machine}")
    return numbers[machine]


def unshare(flags: int) -> None:
    """Leave the namespaces that flags name for new ones."""
    _checked(_libc.unshare(ctypes.c_int(flags)), "unshare")


def mount(source: str | None, target: str, kind: str | None, flags: int) -> None:
    """Mount something."""
    encoded = [None if text is None else os.fsencode(text) for text in (source, target, kind)]
    _checked(_libc.mount(*encoded, ctypes.c_ulong(flags), None), f"mount {target}")


def unmount(target: str, flags: int) -> None:
    """Take a mount away."""
    _checked(_libc.umount2(os.fsencode(target), ctypes.c_int(flags)), f"umount {target}")


def mount_attributes(target: str, attributes: int, *, recursive: bool) -> None:
    """Set attributes of a mount, and of those below it."""

    class MountAttr(ctypes.Structure):
        _fields_ = (
            ("set", ctypes.c_uint64),
            ("clear", ctypes.c_uint64),
            ("propagation", ctypes.c_uint64),
            ("userns", ctypes.c_uint64),
        )

    wanted = MountAttr(attributes, 0, 0, 0)
    flags = _AT_RECURSIVE if recursive else 0
    result = _libc.syscall(
        ctypes.c_long(_MOUNT_SETATTR),
        ctypes.c_int(_AT_FDCWD),
        os.fsencode(target),
        ctypes.c_uint(flags),
        ctypes.byref(wanted),
        ctypes.c_size_t(ctypes.sizeof(wanted)),
    )
    _checked(result, f"mount_setattr {target}")


def pivot_root_here() -> None:
    """Make the current folder, which is a mount, the root, and let go of the old one."""
    number = _number(_PIVOT_ROOT, "pivot_root")
    _checked(_libc.syscall(ctypes.c_long(number), b".", b"."), "pivot_root")
    unmount(".", MNT_DETACH)
    os.chdir("/")


def _prctl(option: int, argument: int, what: str, third: int = 0) -> None:
    _checked(
        _libc.prctl(
            ctypes.c_int(option),
            ctypes.c_ulong(argument),
            ctypes.c_ulong(third),
            ctypes.c_ulong(0),
            ctypes.c_ulong(0),
        ),
        what,
    )


def die_with_parent(signal: int) -> None:
    """Ask for a signal when the thread that started this process ends."""
    _prctl(_PR_SET_PDEATHSIG, signal, "prctl PDEATHSIG")


def adopt_orphans() -> None:
    """Become the parent of every descendant whose own parent ends."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1, "prctl CHILD_SUBREAPER")


def no_new_privileges() -> None:
    """Make sure that no program started from here gains anything by its file's mode."""
    _prctl(_PR_SET_NO_NEW_PRIVS, 1, "prctl NO_NEW_PRIVS")


def drop_bounding(keep: int = -1) -> None:
    """Make sure that no program started from here ever has a capability, but for one."""
    for capability in range(64):
        if capability != keep:
            try:
                _prctl(_PR_CAPBSET_DROP, capability, "prctl CAPBSET_DROP")
            except OSError:
                break  # EINVAL after the last one there is, EPERM for who has none to drop


def drop_capabilities() -> None:
    """Give up every capability for good, so that user 0 is a user like any other."""
    drop_bounding()
    _prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL, "prctl CAP_AMBIENT")
    _capset(0)


def keep_capabilities() -> None:
    """Keep what this process may when it becomes another user, until it says what of it."""
    _prctl(_PR_SET_KEEPCAPS, 1, "prctl KEEPCAPS")


def only_capability(capability: int) -> None:
    """Give up every capability but one, which programs started from here have too."""
    _capset(1 << capability)
    _prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, "prctl CAP_AMBIENT", capability)


def _capset(mask: int) -> None:
    header = (ctypes.c_uint32 * 2)(_CAP_VERSION_3, 0)
    sets = (ctypes.c_uint32 * 6)(mask, mask, mask, 0, 0, 0)
    number = _number(_CAPSET, "capset")
    _checked(_libc.syscall(ctypes.c_long(number), ctypes.byref(header), ctypes.byref(sets)), "capset")


def landlock_version() -> int:
    """Return the version of Landlock that the kernel has; 0 where it has none."""
    result = _libc.syscall(ctypes.c_long(_LANDLOCK_CREATE), None, ctypes.c_size_t(0), ctypes.c_uint(1))
    return max(int(result), 0)


def landlock_ruleset(attributes: bytes) -> int:
    """Return the descriptor of a new, empty rule set."""
    result = _libc.syscall(
        ctypes.c_long(_LANDLOCK_CREATE), attributes, ctypes.c_size_t(len(attributes)), ctypes.c_uint(0)
    )
    return _checked(result, "landlock_create_ruleset")


def landlock_allow(ruleset: int, rule: bytes) -> None:
    """Add a rule about what lies beneath a path."""
    result = _libc.syscall(ctypes.c_long(_LANDLOCK_ADD), ctypes.c_int(ruleset), ctypes.c_int(1), rule, ctypes.c_uint(0))
    _checked(result, "landlock_add_rule")


def landlock_restrict(ruleset: int) -> None:
    """Hold this process, and all it starts, to a rule set."""
    result = _libc.syscall(ctypes.c_long(_LANDLOCK_RESTRICT), ctypes.c_int(ruleset), ctypes.c_uint(0))
    _checked(result, "landlock_restrict_self")
