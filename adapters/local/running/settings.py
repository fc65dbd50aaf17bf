"""What promotion workflows may do on this machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class LocalSettings:
    """The table ``[workflows.local]``.

    Attributes:
        timeout: seconds a run may take.
        step_timeout: seconds one process may take where its template says nothing.
        output_limit: bytes of a process's output that are kept.
        isolation: ``auto``, ``namespaces``, ``landlock`` or ``none``.
        readable: absolute paths that processes may read, besides the system's programs and libraries.
        writable: absolute paths that they may write to, besides a folder of their own.
        pass_environment: variables they see; no other of promo's.
        images: pairs of a pattern of images and how they are run: ``host``, or a program.
        memory: bytes of data the processes of a step may hold together; 0 for no limit.
        file_size: bytes one file may have; 0 for no limit.
        processes: how many processes a step may have at once.
        keep: seconds that the folder of a run which has ended is kept.
    """

    timeout: int = 3600
    step_timeout: int = 1800
    output_limit: int = 10_000_000
    isolation: str = "auto"
    readable: tuple[str, ...] = ()
    writable: tuple[str, ...] = ()
    pass_environment: tuple[str, ...] = ()
    images: tuple[tuple[str, str], ...] = ()
    memory: int = 2_000_000_000
    file_size: int = 1_000_000_000
    processes: int = 256
    keep: int = 2_592_000

    def data(self) -> dict[str, Any]:
        """Return the settings as plain data."""
        return asdict(self)

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> LocalSettings:
        """Read what `data` returned, also after it was JSON."""
        lists = {name: tuple(data[name]) for name in ("readable", "writable", "pass_environment")}
        images = tuple((pattern, how) for pattern, how in data["images"])
        return cls(**{**data, **lists, "images": images})
