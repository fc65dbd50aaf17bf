"""The cache folder."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator

from adapters.doctor.check import Result, ok, skipped, warning
from adapters.doctor.situation import Situation
from grammar.cache_folder import cache_folder


class CacheFolder:
    """What can be made again can be kept."""

    name = "cache folder"

    def run(self, situation: Situation) -> Iterator[Result]:
        """Yield one result; a file is written and removed."""
        if situation.environment.get("PROMO_CACHE_DIR") == "":
            yield skipped("turned off: PROMO_CACHE_DIR is empty", "unset it, and promo reads and proves faster")
            return
        folder = cache_folder()
        if folder is None:
            yield warning(
                "there is none that can be written and is safe: it must be yours, and writable by nobody else",
                "set PROMO_CACHE_DIR to such a folder (mode 700), or to nothing to do without",
            )
            return
        try:
            with tempfile.NamedTemporaryFile(dir=folder, prefix="doctor-") as probe:
                probe.write(b"\0" * 4096)
                probe.flush()
        except OSError as broken:
            yield warning(f"`{folder}` cannot be written: {broken.strerror}", "make room, or set PROMO_CACHE_DIR")
        else:
            yield ok(f"`{folder}` can be written")
