"""Confines a process of a promotion workflow: what it sees of the file system, and what it may use."""

from adapters.local.confine.mechanism import Isolation as Isolation
from adapters.local.confine.mechanism import NoIsolationError as NoIsolationError
from adapters.local.confine.mechanism import choose as choose

__all__ = ["Isolation", "NoIsolationError", "choose"]
