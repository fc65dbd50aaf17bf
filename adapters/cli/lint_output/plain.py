"""Findings for people."""

from __future__ import annotations

from collections import Counter

from adapters.cli.lint_output.outcome import Outcome
from adapters.cli.output import summary
from grammar.render import render


def text(outcome: Outcome, *, colour: bool) -> str:
    """Return the findings as a compiler shows them, with a last line that counts them."""
    shown = [f"{render(found, outcome.sources, colour=colour)}\n\n" for found in outcome.findings]
    fixable = sum(found.fix is not None for found in outcome.findings)
    fixes = f", {fixable} with a fix (--fix, --unsafe-fixes)" if fixable else ""
    return "".join([*shown, f"{summary(outcome.findings)}{fixes}\n"])


def statistics(outcome: Outcome) -> str:
    """Return how often each rule found something, the most frequent first."""
    counted = Counter(found.code for found in outcome.findings)
    fixable = Counter(found.code for found in outcome.findings if found.fix is not None)
    width = max((len(f"{count:,}") for count in counted.values()), default=0)
    lines = [
        f"{count:>{width},}  {code}  {outcome.name(code)}{'  (fixable)' if fixable[code] else ''}"
        for code, count in sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    ]
    return "".join(f"{line}\n" for line in lines)
