"""The time zone database."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from zoneinfo import TZPATH, ZoneInfo

from adapters.doctor.check import Result, failed, ok
from adapters.doctor.situation import Situation

_PROBES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata")
_REMEDY = "install the system's tzdata package, or reinstall promo, which brings one"


class TimeZones:
    """Zones that windows and freezes name can be looked up."""

    name = "time zones"

    def run(self, situation: Situation) -> Iterator[Result]:
        """Yield one result about the database; zones that a workspace misspells are mistakes of its sources."""
        missing = [zone for zone in _PROBES if not _known(zone)]
        if missing:
            yield failed(f"the database lacks {', '.join(missing)}; windows and freezes need their zones", _REMEDY)
            return
        try:
            package = f"the package tzdata {version('tzdata')}"
        except PackageNotFoundError:
            package = "no package tzdata"
        folders = [folder for folder in TZPATH if os.path.isdir(folder)]
        yield ok(", ".join([*folders, package]))


def _known(zone: str) -> bool:
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        return False
    return True
