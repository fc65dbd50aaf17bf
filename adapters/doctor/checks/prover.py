"""The prover, which is a native library."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version

from adapters.doctor.check import Result, failed, ok
from adapters.doctor.situation import Situation


class Prover:
    """The library that `promo verify` and `promo diff` prove with can be loaded on this machine."""

    name = "prover"

    def run(self, situation: Situation) -> Iterator[Result]:
        """Yield one result; loading takes a tenth of a second."""
        try:
            import_module("engine.verify.prover")
            yield ok(f"z3 {version('z3-solver')}")
        except (ImportError, OSError, PackageNotFoundError) as broken:
            yield failed(
                f"z3 cannot be loaded ({type(broken).__name__}); `promo verify` and `promo diff` need it",
                "reinstall promo; on a machine that z3-solver has no package for, build it from source",
            )
