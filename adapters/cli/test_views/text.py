"""Results for people: what fails, what was expected, what is so instead, and why."""

from __future__ import annotations

import click

from adapters.cli.decision_words import columns, place
from adapters.cli.test_views.results import Results, situation, summary
from engine.testing.outcome import Failure, Ran
from grammar.render import printable

_MOST_LINES = 12
"""Lines of a reasoning that are shown."""


def text(results: Results, *, colour: bool, verbose: bool) -> str:
    """Return the report.

    Args:
        results: what was found.
        colour: whether to use ANSI colours.
        verbose: whether tests that pass are listed too.
    """
    paint = _Paint(colour)
    lines: list[str] = []
    for one in results.tests:
        if not one.ran.passed:
            lines += [*_failed(one.ran, results, paint), ""]
        elif verbose:
            where = place(one.ran.test.span, results.sources)
            lines.append(f"{paint.good('ok')}    {printable(one.ran.test.title.text)}  {printable(where)}")
    if verbose and lines and lines[-1]:
        lines.append("")
    told = summary(results)
    lines.append(paint.bad(told) if results.failed else paint.good(told) if results.tests else told)
    return "\n".join(lines) + "\n"


def _failed(ran: Ran, results: Results, paint: _Paint) -> list[str]:
    lines = [
        f"{paint.bad('FAIL')}  {paint.bold(printable(ran.test.title.text))}  "
        f"{printable(place(ran.test.span, results.sources))}",
        f"      {printable(situation(ran))}",
    ]
    for failure in ran.failures:
        lines += _failure(failure, results, paint)
    return lines


def _failure(failure: Failure, results: Results, paint: _Paint) -> list[str]:
    about = failure.about if failure.about in ("flow", "order") else f"environment {failure.about}"
    rows = [(printable(line.message), printable(place(line.span, results.sources))) for line in failure.because]
    shown = columns(rows[:_MOST_LINES]) if rows else []
    if len(rows) > _MOST_LINES:
        shown.append(f"and {len(rows) - _MOST_LINES} more lines; `promo explain` shows all")
    lines = [
        "",
        f"      {paint.bold(printable(about))}  {printable(place(failure.span, results.sources))}",
        f"        expected  {paint.good(printable(failure.expected))}",
        f"        actual    {paint.bad(printable(failure.actual))}",
    ]
    return lines + [f"        {'because' if not number else '':<8}  {line}" for number, line in enumerate(shown)]


class _Paint:
    """ANSI colours, or none."""

    def __init__(self, on: bool) -> None:
        self._on = on

    def _styled(self, text: str, colour: str | None) -> str:
        return click.style(text, fg=colour, bold=True) if self._on else text

    def good(self, text: str) -> str:
        return self._styled(text, "green")

    def bad(self, text: str) -> str:
        return self._styled(text, "red")

    def bold(self, text: str) -> str:
        return self._styled(text, None)
