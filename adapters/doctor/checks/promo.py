"""promo itself."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version

from adapters.doctor.check import Result, ok, warning
from adapters.doctor.situation import Situation
from adapters.version import VERSION


class Installation:
    """The installed package is the code that runs."""

    name = "promo"

    def run(self, situation: Situation) -> Iterator[Result]:
        """Yield one result."""
        try:
            installed = version("promo")
        except PackageNotFoundError:
            yield ok(f"promo {VERSION}, run from its sources")
            return
        if installed == VERSION:
            yield ok(f"promo {VERSION}")
        else:
            yield warning(
                f"promo {VERSION} runs, but {installed} is installed",
                "reinstall promo, or look which folder stands first on PYTHONPATH",
            )
