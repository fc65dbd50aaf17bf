"""Printing: colours only where wanted, diagnostics the same from every command."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from typing import NoReturn, TextIO

import click

from adapters.cli.exit_codes import ExitCode
from grammar.diagnostics import Diagnostic, Severity
from grammar.render import render
from grammar.span import SourceText


def wants_colour(stream: TextIO) -> bool:
    """Say whether to colour what goes to a stream: `NO_COLOR`, `FORCE_COLOR`, `TERM=dumb` and pipes are respected."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def report(diagnostics: Iterable[Diagnostic], sources: Mapping[str, SourceText]) -> None:
    """Print diagnostics to standard error, with a last line that counts them."""
    colour = wants_colour(sys.stderr)
    found = list(diagnostics)
    for diagnostic in found:
        click.echo(render(diagnostic, sources, colour=colour), err=True, color=colour)
        click.echo(err=True)
    if found:
        click.echo(summary(found), err=True)


def summary(diagnostics: Iterable[Diagnostic]) -> str:
    """Return e.g. ``2 errors, 1 warning``."""
    counts = {severity: 0 for severity in Severity}
    for diagnostic in diagnostics:
        counts[diagnostic.severity] += 1
    words = [
        f"{count} {severity.value}{'s' if count > 1 else ''}" if severity is not Severity.INFO else f"{count} notes"
        for severity, count in counts.items()
        if count
    ]
    return ", ".join(words) or "no findings"


def stop_on_errors(diagnostics: Iterable[Diagnostic], sources: Mapping[str, SourceText]) -> None:
    """Report diagnostics; exit with `INVALID` when one of them is an error."""
    found = list(diagnostics)
    report(found, sources)
    if any(diagnostic.is_error for diagnostic in found):
        raise click.exceptions.Exit(ExitCode.INVALID)


def fail(message: str, help: str = "") -> NoReturn:
    """Print what is wrong with the call and exit with `INVALID`."""
    click.echo(f"error: {message}", err=True)
    if help:
        click.echo(f"  = help: {help}", err=True)
    raise click.exceptions.Exit(ExitCode.INVALID)
