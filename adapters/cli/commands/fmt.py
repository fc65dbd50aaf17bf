"""`promo fmt`: the one canonical layout."""

from __future__ import annotations

import difflib
import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from adapters.cli.documented import DocumentedCommand
from adapters.cli.exit_codes import ExitCode
from adapters.cli.output import fail, report, wants_colour
from adapters.workspace.reading import decode
from grammar.diagnostics import Diagnostic
from grammar.format import format_text
from grammar.render import printable
from grammar.span import SourceText

_STDIN = "<stdin>"


@dataclass(frozen=True, slots=True)
class _Outcome:
    """One file before and after; ``after`` is None when it has errors."""

    name: str
    data: bytes
    before: str
    after: str | None
    diagnostics: tuple[Diagnostic, ...]

    @property
    def changed(self) -> bool:
        # Bytes, so that a byte order mark that goes counts as a change.
        return self.after is not None and self.after.encode("utf-8") != self.data


@click.command("fmt", cls=DocumentedCommand, short_help="Put .promo files into their one canonical layout.")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, allow_dash=True))
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 when a file would change.")
@click.option("--diff", is_flag=True, help="Write nothing; show what would change, and exit with 1 if anything would.")
def command(paths: tuple[Path, ...], check: bool, diff: bool) -> int:
    """Put .promo files into their one canonical layout, in place.

    PATHS are files and folders (searched for *.promo); `-` formats standard input to standard output.
    Without PATHS, the current folder. A file with a syntax error is left alone and reported; a link in a folder
    that leads out of it is passed over.

    \b
    Examples:
      promo fmt                    every file below here
      promo fmt --check policies   in continuous integration
      promo fmt - < draft.promo

    Exit codes: 0 done, 1 with --check or --diff: something would change, 2 invalid input.
    """
    if [str(path) for path in paths] == ["-"]:
        return _standard_input(check=check, diff=diff)
    outcomes = [_format(path) for path in _files(paths or (Path(),))]
    for outcome in outcomes:
        if outcome.diagnostics:
            report(outcome.diagnostics, {outcome.name: SourceText(outcome.name, outcome.before)})
        if outcome.changed:
            _settle(outcome, check=check, diff=diff)
    changed = sum(outcome.changed for outcome in outcomes)
    broken = sum(outcome.after is None for outcome in outcomes)
    verb = "would change" if check or diff else "changed"
    counted = f"{len(outcomes)} file{'s' if len(outcomes) != 1 else ''}: {changed} {verb}"
    click.echo(f"{counted}{f', {broken} with errors' if broken else ''}", err=True)
    if broken:
        return ExitCode.INVALID
    return ExitCode.FINDINGS if changed and (check or diff) else ExitCode.DONE


def _files(paths: tuple[Path, ...]) -> Iterator[Path]:
    """Yield the files to format: those named, and every *.promo below the folders named, sorted.

    Nobody who names a folder means files outside it, so links are followed only within.
    """
    for path in paths:
        if path.is_dir():
            inside = path.resolve()
            yield from sorted(
                found
                for found in path.rglob("*.promo")
                if found.is_file()
                and not any(part.startswith(".") for part in found.relative_to(path).parts)
                and found.resolve().is_relative_to(inside)
            )
        elif path.exists():
            yield path
        else:
            fail(f"there is no file or folder `{printable(str(path))}`")


def _format(path: Path) -> _Outcome:
    try:
        return _outcome(path.read_bytes(), str(path))
    except OSError as failed:
        fail(f"cannot read `{printable(str(path))}`: {failed.strerror}")


def _outcome(data: bytes, name: str) -> _Outcome:
    found: list[Diagnostic] = []
    before = decode(data, name, found)
    if found:
        return _Outcome(name, data, before, None, tuple(found))
    formatted = format_text(before, name)
    return _Outcome(name, data, before, formatted.text, formatted.diagnostics)


def _settle(outcome: _Outcome, *, check: bool, diff: bool) -> None:
    """Write a changed file, or say that it would change."""
    assert outcome.after is not None
    if diff:
        _show_diff(outcome)
    elif check:
        click.echo(outcome.name)
    else:
        _replace(Path(outcome.name), outcome.after)
        click.echo(outcome.name)


def _show_diff(outcome: _Outcome) -> None:
    assert outcome.after is not None
    colour = wants_colour(sys.stdout)
    lines = difflib.unified_diff(
        outcome.before.splitlines(keepends=True),
        outcome.after.splitlines(keepends=True),
        f"a/{outcome.name}",
        f"b/{outcome.name}",
    )
    for line in lines:
        shade = {"+": "green", "-": "red", "@": "cyan"}.get(line[0])
        text = line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
        click.echo(click.style(text, fg=shade) if colour and shade else text, nl=False, color=colour)


def _replace(path: Path, text: str) -> None:
    """Write a file so that a crash leaves either the old content or the new; its permissions stay."""
    target = path.resolve()
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        os.chmod(name, target.stat().st_mode & 0o7777)
        os.replace(name, target)
    except OSError as failed:
        Path(name).unlink(missing_ok=True)
        fail(f"cannot write `{printable(str(path))}`: {failed.strerror}")


def _standard_input(*, check: bool, diff: bool) -> int:
    outcome = _outcome(sys.stdin.buffer.read(), _STDIN)
    report(outcome.diagnostics, {_STDIN: SourceText(_STDIN, outcome.before)})
    if outcome.after is None:
        return ExitCode.INVALID
    if diff and outcome.changed:
        _show_diff(outcome)
    if not check and not diff:
        sys.stdout.buffer.write(outcome.after.encode("utf-8"))
    return ExitCode.FINDINGS if outcome.changed and (check or diff) else ExitCode.DONE
