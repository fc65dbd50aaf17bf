"""What a check is, and what it says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from adapters.doctor.situation import Situation


class Status(Enum):
    """How something is; only `FAILED` makes `promo doctor` exit with 1."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Result:
    """What a check found about one thing.

    Attributes:
        status: how it is.
        found: what is there, in a few words and without secrets: addresses go through `adapters.git.redact`.
        remedy: what to do; empty only where nothing is to be done.
    """

    status: Status
    found: str
    remedy: str = ""


class Check(Protocol):
    """One question about the surroundings; a class without state in a file of `adapters/doctor/checks/`."""

    @property
    def name(self) -> str:
        """What it is about, in one to three words: ``git``, ``time zones``."""

    def run(self, situation: Situation) -> Iterable[Result]:
        """Yield what is found, in a fixed order; at least one result.

        What is there but wrong is a result, and so is what cannot be asked (`SKIPPED`, with the reason). A network
        is used only where ``situation.connections`` is true, and every connection ends after
        ``situation.timeout`` seconds.
        """


def ok(found: str) -> Result:
    """Return a result that needs no attention."""
    return Result(Status.OK, found)


def warning(found: str, remedy: str) -> Result:
    """Return a result that someone should look at."""
    return Result(Status.WARNING, found, remedy)


def failed(found: str, remedy: str) -> Result:
    """Return a result that keeps promo from working."""
    return Result(Status.FAILED, found, remedy)


def skipped(found: str, remedy: str = "") -> Result:
    """Return why something was not looked at, and how it would be."""
    return Result(Status.SKIPPED, found, remedy)
