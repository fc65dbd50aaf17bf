"""A difference for the terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable

import click

from adapters.cli.diff_views.entries import Entry, Sides, entries, moved_entries, proofs, verdict
from engine.verify.diff import Difference, Strictness
from grammar.render import printable

_COLOURS = {Strictness.LOOSER: "red", Strictness.STRICTER: "green", Strictness.DIFFERENT: "yellow"}
_WIDTH = max(len(kind.value) for kind in Strictness)
_MARGIN = _WIDTH + 4


def render(difference: Difference, sides: Sides, *, width: int, colour: bool, verbose: bool = False) -> str:
    """Return a difference as text, with a final line break.

    Args:
        difference: what changed.
        sides: what was compared.
        width: characters of a line; words are never cut.
        colour: whether to use colour.
        verbose: whether to list what keeps its value and gets another origin, and what it cost.
    """

    def paint(text: str, **style: object) -> str:
        return click.style(text, **style) if colour else text  # type: ignore[arg-type]

    lines = [paint(printable(f"{sides.old} -> {sides.new}"), bold=True)]
    lines += _sections(entries(difference, sides), width, paint)
    if verbose:
        moved = moved_entries(difference, sides)
        if moved:
            lines += ["", paint("same value, other origin", bold=True)]
            lines += [line for entry in moved for line in _wrapped(f"  {printable(entry.sentence)}", width, 4)]
    lines += ["", paint(verdict(difference), bold=True)]
    lines += [line for proof in proofs(difference) for line in _wrapped(printable(proof), width, 2)]
    if verbose:
        goals, alone, calls = difference.statistics
        lines.append(f"{goals} goals, {alone} decided without the solver, {calls} solver calls")
    return "\n".join(lines) + "\n"


def _sections(found: Iterable[Entry], width: int, paint: Callable[..., str]) -> list[str]:
    lines: list[str] = []
    topic = ""
    for entry in found:
        if entry.topic != topic:
            topic = entry.topic
            lines += ["", paint(topic.replace("`", ""), bold=True)]
        label = entry.strictness.value.ljust(_WIDTH)
        first, *rest = _wrapped(printable(entry.sentence), width - _MARGIN, 0)
        lines.append(f"  {paint(label, fg=_COLOURS[entry.strictness])}  {first}")
        lines += [" " * _MARGIN + line for line in rest]
        for detail in entry.details:
            lines += [" " * (_MARGIN + 2) + line for line in _wrapped(printable(detail), width - _MARGIN - 2, 0)]
    return lines


def _wrapped(text: str, width: int, indent: int) -> list[str]:
    return textwrap.wrap(
        text,
        max(width, 40),
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [""]
