"""The files of the workspace."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from adapters.doctor.check import Result, failed, ok, skipped, warning
from adapters.doctor.diagnosed import first
from adapters.doctor.situation import Situation

_REMEDY = "`promo check` shows them all"


class SourcesLoad:
    """All files can be read and understood."""

    name = "sources"

    def run(self, situation: Situation) -> Iterator[Result]:
        """Yield one result."""
        loaded = situation.loaded
        if loaded is None:
            yield skipped(
                "there is no workspace" if situation.gathered is None else "its configuration has to be right first"
            )
            return
        errors = [one for one in loaded.diagnostics if one.is_error]
        others = [one for one in loaded.diagnostics if not one.is_error]
        files = f"{loaded.read:,} file{'s' if loaded.read != 1 else ''}"
        if errors:
            yield failed(f"{_count(errors, 'error')} in {files}; the first: {first(errors, loaded.sources)}", _REMEDY)
        elif others:
            yield warning(f"{files} read, {_count(others, 'warning')}: {first(others, loaded.sources)}", _REMEDY)
        else:
            yield ok(f"{files} read without a mistake")


def _count(found: Sequence[object], word: str) -> str:
    return f"{len(found):,} {word}{'s' if len(found) != 1 else ''}"
