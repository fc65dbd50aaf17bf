"""A counterexample as the merge of its settings, and the settings a finding is about."""

from __future__ import annotations

from collections.abc import Mapping

from adapters.cli.decision_words import columns, place
from engine.model.settings import SETTING_NAMES
from engine.model.values import written
from engine.resolve.decision import Decision
from engine.resolve.origin_words import origin_words
from engine.verify.finding import Finding
from grammar.render import printable
from grammar.span import SourceText


def settings_of(found: Finding) -> tuple[str, ...]:
    """Return the settings that a finding names, in the order of the registry; all where it names none."""
    named = tuple(name for name in SETTING_NAMES if f"`{name}`" in found.message or f"`{name} " in found.message)
    return named or SETTING_NAMES


def merge_lines(decision: Decision, settings: tuple[str, ...], sources: Mapping[str, SourceText]) -> list[str]:
    """Return who sets each of some settings, whom they beat, and where that is written.

    Args:
        decision: the merge.
        settings: names of those to show.
        sources: the texts that spans point into.
    """
    ties = {tie.setting: tie.others for tie in decision.ambiguous}
    rows: list[tuple[str, ...]] = []
    for name in settings:
        winner = decision.effective.get(name)
        if winner is None:
            rows.append((name, "-", "nothing sets it", ""))
            continue
        origin = winner.origin
        rows.append((name, written(winner.value), f"set by {origin_words(origin)}", place(origin.span, sources)))
        for loser in decision.losers(name):
            verb = "ties with" if loser in ties.get(name, ()) else "over"
            where = place(loser.origin.span, sources)
            rows.append(("", written(loser.value), f"{verb} {origin_words(loser.origin)}", where))
    return columns([tuple(map(printable, row)) for row in rows])
