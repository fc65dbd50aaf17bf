"""A root of its own: what is not listed does not exist there, and what is listed cannot be written to.

The process gets a mount, a process and an IPC namespace, and a user namespace where it is not root. Its root is a
folder of its own, with the system's folders bound into it read-only; when its first process ends, the kernel ends
every other one. Source: pivot_root(2), pid_namespaces(7), user_namespaces(7).
"""

from __future__ import annotations

import os

from adapters.local.confine import syscalls as sys_
from adapters.local.confine.view import DEVICES, SYSTEM_LINKS, readable

_LOCKED = sys_.ATTR_NOSUID | sys_.ATTR_NODEV


def enter() -> bool:
    """Let the children of this process be in a process namespace of their own.

    Returns:
        Whether a user namespace was needed for it.

    Raises:
        OSError: where the system does not allow it.
    """
    if os.geteuid() == 0:
        try:
            sys_.unshare(sys_.CLONE_NEWPID)
            return False
        except PermissionError:
            pass  # user 0 of a container, without its powers
    user, group = os.geteuid(), os.getegid()
    sys_.unshare(sys_.CLONE_NEWUSER | sys_.CLONE_NEWPID)
    _write("/proc/self/setgroups", "deny")
    _write("/proc/self/uid_map", f"{user} {user} 1")
    _write("/proc/self/gid_map", f"{group} {group} 1")
    return True


def build_root(root: str, readable_paths: tuple[str, ...], writable_paths: tuple[str, ...], user: int | None) -> None:
    """Make a folder the root of this process, which is the first of its process namespace.

    Args:
        root: an absolute path without links; it stays writable.
        readable_paths: absolute paths that are seen besides the system's own.
        writable_paths: absolute paths that can be written to.
        user: the number of a user that is to have a name; None for none.

    Raises:
        OSError: where the system does not allow it, or a path does not exist.
    """
    sys_.unshare(sys_.CLONE_NEWNS | sys_.CLONE_NEWIPC)
    sys_.mount(None, "/", None, sys_.MS_REC | sys_.MS_PRIVATE)
    sys_.mount(root, root, None, sys_.MS_BIND | sys_.MS_REC)
    sys_.mount_attributes(root, _LOCKED, recursive=True)
    wanted = [(path, True) for path in readable(readable_paths)] + [(path, False) for path in writable_paths]
    for link in SYSTEM_LINKS:
        if os.path.islink(link):
            os.symlink(os.path.relpath(os.path.realpath(link), "/"), root + link)
        elif os.path.isdir(link):
            wanted.append((link, True))
    # From the outside in: a path that lies in another one is laid over it.
    for path, locked in sorted(wanted, key=lambda pair: (pair[0].count("/"), pair[0], pair[1])):
        if path == "/etc/passwd" and user is not None:
            _name(user, root)
        else:
            _bind(path, root + path, _LOCKED | (sys_.ATTR_RDONLY if locked else 0))
    for device in DEVICES:
        _bind(device, root + device, sys_.ATTR_NOSUID)
    for name, target in (("fd", "fd"), ("stdin", "fd/0"), ("stdout", "fd/1"), ("stderr", "fd/2")):
        os.symlink(f"/proc/self/{target}", f"{root}/dev/{name}")
    os.makedirs(f"{root}/dev/shm", exist_ok=True)
    os.makedirs(f"{root}/proc", exist_ok=True)
    # Read-only, because user 0 could set the kernel's parameters through it.
    flags = sys_.MS_RDONLY | sys_.MS_NOSUID | sys_.MS_NODEV | sys_.MS_NOEXEC
    sys_.mount("proc", f"{root}/proc", "proc", flags)
    os.chdir(root)
    sys_.pivot_root_here()


def _bind(source: str, target: str, attributes: int) -> None:
    real = os.path.realpath(source)
    if os.path.isdir(real):
        os.makedirs(target, exist_ok=True)
    elif not os.path.exists(target):
        os.makedirs(os.path.dirname(target), exist_ok=True)
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600))
    sys_.mount(real, target, None, sys_.MS_BIND | sys_.MS_REC)
    sys_.mount_attributes(target, attributes, recursive=True)


def _name(user: int, root: str) -> None:
    """Give a user a name, without which some programs refuse to run."""
    os.makedirs(f"{root}/etc", exist_ok=True)
    with open("/etc/passwd", encoding="utf-8") as known, open(f"{root}/etc/passwd", "x", encoding="utf-8") as stream:
        stream.write(f"{known.read().rstrip()}\nstep:x:{user}:{user}::/work:/bin/sh\n")


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="ascii") as stream:
        stream.write(text)
