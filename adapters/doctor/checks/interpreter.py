"""Python."""

from __future__ import annotations

import platform
from collections.abc import Iterator

from adapters.doctor.check import Result, failed, ok
from adapters.doctor.situation import Situation

_OLDEST = (3, 11)


class Interpreter:
    """Python is recent enough."""

    name = "python"

    def run(self, situation: Situation) -> Iterator[Result]:
        """Yield one result."""
        version = ".".join(map(str, situation.python))
        if situation.python[:2] < _OLDEST:
            yield failed(f"Python {version}; 3.11 or newer is needed", "install promo with a newer Python")
        else:
            yield ok(f"Python {version} ({platform.python_implementation()}) on {platform.system()}")
