"""Who holds a claim: a name that no other start of a program ever has."""

from __future__ import annotations

import os
import socket
from uuid import uuid4


def new_owner() -> str:
    """Return a name for this start of a worker; people recognise the machine and the process in it."""
    return f"{socket.gethostname()[:64]}:{os.getpid()}:{uuid4().hex[:8]}"
