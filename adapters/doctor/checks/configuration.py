"""`promo.toml`."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.doctor.check import Result, failed, ok, skipped, warning
from adapters.doctor.diagnosed import first, place
from adapters.doctor.situation import Situation
from adapters.workspace.configuration import CONFIGURATION_FILE


class ConfigurationFile:
    """The configuration is valid."""

    name = CONFIGURATION_FILE

    def run(self, situation: Situation) -> Iterator[Result]:
        """Yield one result."""
        gathered = situation.gathered
        if gathered is None:
            yield skipped("there is no workspace")
            return
        mine = [one for one in gathered.found if CONFIGURATION_FILE in one.span.source]
        wrong = first(mine, gathered.texts)
        if wrong is not None and gathered.listed is None:
            yield failed(wrong, "correct it; `promo check` shows all that is wrong with it")
        elif wrong is not None:
            yield warning(wrong, "correct it; `promo check` shows all that is wrong with it")
        elif not (gathered.folder / CONFIGURATION_FILE).exists():
            yield ok("there is none: defaults hold")
        else:
            yield ok(f"valid: {place(gathered.folder / CONFIGURATION_FILE)}")
