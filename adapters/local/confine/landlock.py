"""Rules of the kernel about which paths a process may open, where namespaces are not allowed.

Weaker than a root of its own: a file's mode, owner and times can be changed outside, where the user may; sockets
outside can be spoken to; and absolute paths are those of the machine. Source: landlock(7).
"""

from __future__ import annotations

import os
import struct

from adapters.local.confine import syscalls as sys_
from adapters.local.confine.view import DEVICES, SYSTEM_LINKS, readable

NEEDED_VERSION = 3
"""Before it, files outside could be cut off: truncation was not a right of its own."""

_EXECUTE, _WRITE, _READ, _READ_FOLDER, _CHAR, _BLOCK = 1 << 0, 1 << 1, 1 << 2, 1 << 3, 1 << 6, 1 << 11
_TRUNCATE, _IOCTL = 1 << 14, 1 << 15
_OF_FILES = _EXECUTE | _WRITE | _READ | _TRUNCATE | _IOCTL


def restrict(root: str, readable_paths: tuple[str, ...], writable_paths: tuple[str, ...]) -> None:
    """Hold this process, and all it starts, to its folder and the paths that are given.

    Raises:
        OSError: where the kernel has no Landlock, or a path does not exist.
    """
    version = sys_.landlock_version()
    handled = (1 << (16 if version >= 5 else 15)) - 1
    attributes = [handled]
    if version >= 6:
        # No network rules, but no signals and no abstract sockets to processes outside.
        attributes += [0, 0b11]
    ruleset = sys_.landlock_ruleset(struct.pack(f"={len(attributes)}Q", *attributes))
    looking = _EXECUTE | _READ | _READ_FOLDER
    working = handled & ~(_CHAR | _BLOCK)
    for path in (*readable(readable_paths), *(link for link in SYSTEM_LINKS if os.path.isdir(link))):
        _allow(ruleset, path, looking & handled)
    for path in (root, *writable_paths):
        _allow(ruleset, path, working)
    for device in DEVICES:
        _allow(ruleset, device, (_READ | _WRITE | _TRUNCATE | _IOCTL) & handled)
    sys_.landlock_restrict(ruleset)
    os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        if not os.path.isdir(path):
            rights &= _OF_FILES
        sys_.landlock_allow(ruleset, struct.pack("=Qi", rights, descriptor))
    finally:
        os.close(descriptor)
