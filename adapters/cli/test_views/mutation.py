"""What became of mutants, for people and as data."""

from __future__ import annotations

import math
from typing import Any

from adapters.cli.decision_words import Sources, place, place_data
from adapters.cli.test_views.coverage import percent
from engine.testing.mutation import Fate, Trials, Tried
from grammar.render import printable


def mutation_text(trials: Trials, sources: Sources) -> str:
    """Return the survivors by file and line, each with something that it changes, and the score."""
    lines: list[str] = []
    for one in _survivors(trials):
        lines += [
            f"survived  {printable(place(one.mutant.span, sources))}  {printable(one.mutant.words)}",
            f"          unnoticed: {printable(one.by)}",
        ]
    lines += [""] if lines else []
    counts = ", ".join(f"{trials.count(fate)} {fate.value}" for fate in Fate)
    some = f"{len(trials.tried)} of {trials.there}" if len(trials.tried) < trials.there else str(trials.there)
    lines.append(f"{some} mutants: {counts}")
    lines.append(f"score {percent(trials.score)}")
    return "\n".join(lines) + "\n"


def mutation_data(trials: Trials, sources: Sources) -> dict[str, Any]:
    """Return the same as data, with every mutant."""
    return {
        "score": math.floor(trials.score * 100) / 100,
        "there": trials.there,
        "counts": {fate.value: trials.count(fate) for fate in Fate},
        "mutants": [
            {
                "change": one.mutant.change.value,
                "what": one.mutant.words,
                **place_data(one.mutant.span, sources),
                "fate": one.fate.value,
                "by": one.by,
            }
            for one in trials.tried
        ],
    }


def _survivors(trials: Trials) -> list[Tried]:
    return sorted(trials.survivors, key=lambda one: (one.mutant.span.source, one.mutant.span.start))
