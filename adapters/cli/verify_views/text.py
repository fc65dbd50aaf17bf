"""A verification for people: findings as a compiler shows them, each with its counterexample; then what is proved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import click

from adapters.cli.decision_words import place
from adapters.cli.output import summary
from adapters.cli.verify_views.counterexample import merge_lines, settings_of
from adapters.cli.verify_views.outcome import Verified
from engine.verify.finding import Finding
from engine.verify.statistics import Statistics
from engine.verify.verdict import CoreReason
from grammar.render import printable, render


def text(verified: Verified, *, colour: bool, verbose: bool, statistics: bool) -> str:
    """Return the report.

    Args:
        verified: what was found out.
        colour: whether to use ANSI colours.
        verbose: whether to list every proof.
        statistics: whether to count goals.
    """
    lines: list[str] = []
    for found in verified.shown:
        lines += [render(found.diagnostic(), verified.loaded.sources, colour=colour)]
        lines += _counterexample(verified, found, colour)
        if verbose and found.core:
            lines += ["", _bold("  the proof needs", colour), *_core(verified, found.core)]
        lines.append("")
    if verbose:
        lines += [*_proofs(verified), ""]
    lines += [*_summary(verified)]
    if statistics:
        lines.append(_statistics(verified.report.statistics))
    return "\n".join([*lines, ""])


def _counterexample(verified: Verified, found: Finding, colour: bool) -> Iterator[str]:
    witness = found.witness
    if witness is None:
        return
    yield ""
    yield _bold(f"  counterexample: {printable(witness.words())}", colour)
    for line in merge_lines(verified.decision(witness), settings_of(found), verified.loaded.sources):
        yield f"    {line}"
    yield f"  {verified.command(witness)}"


def _core(verified: Verified, core: tuple[CoreReason, ...]) -> Iterator[str]:
    for reason in core:
        where = place(reason.span, verified.loaded.sources)
        yield printable(f"    {reason}{f'  {where}' if where else ''}")


def _proofs(verified: Verified) -> Iterator[str]:
    """Yield every proof, by check, with what it needs."""
    for check in verified.checks:
        proved = [found for found in verified.report.proved if found.code == check.code]
        if proved:
            yield f"{check.code} {check.name}, ruled out for"
        for found in proved:
            needs = f"  by {', '.join(map(str, found.core))}" if found.core else ""
            yield printable(f"  {found.subject}{needs}")


def _summary(verified: Verified) -> Iterator[str]:
    """Yield a line for each check that has findings, and one that counts everything."""
    report = verified.report
    proved = Counter(found.code for found in report.proved)
    refuted = Counter(found.code for found in report.findings)
    unknown = Counter(found.code for found in report.unknown)
    world = "every declared pair" if verified.closed else "every product and environment that could exist"
    if not refuted and not unknown:
        yield f"all {_count(len(report.proved), 'statement')} proved for {world} ({_checks(verified)})"
        return
    for check in verified.checks:
        if refuted[check.code] or unknown[check.code]:
            parts = [
                f"{count:,} {word}"
                for count, word in (
                    (refuted[check.code], "found"),
                    (unknown[check.code], "unknown"),
                    (proved[check.code], "proved"),
                )
                if count
            ]
            yield f"{check.code} {check.name}: {', '.join(parts)}"
    total = summary(found.diagnostic() for found in report.findings)
    undecided = f", {len(report.unknown):,} unknown" if report.unknown else ""
    yield f"{total}{undecided}; {_count(len(report.proved), 'statement')} proved for {world} ({_checks(verified)})"


def _checks(verified: Verified) -> str:
    return _count(len(verified.checks), "check")


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _statistics(found: Statistics) -> str:
    return (
        f"goals {found.goals:,}, decided without solver {found.without_solver:,}, solver calls {found.solver_calls:,}, "
        f"p50 {found.percentile(0.5) * 1e3:.2f} ms, p99 {found.percentile(0.99) * 1e3:.2f} ms"
    )


def _bold(text: str, colour: bool) -> str:
    return click.style(text, bold=True) if colour else text
