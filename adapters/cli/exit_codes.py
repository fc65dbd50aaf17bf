"""What the process ends with. A script can rely on these."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes, the same for every command."""

    DONE = 0
    FINDINGS = 1
    INVALID = 2
    UNKNOWN = 3
    EXECUTION_FAILED = 4
    INTERNAL = 70
    INTERRUPTED = 130
