"""Applies fixes until nothing is left to fix, or shows what that would change."""

from __future__ import annotations

import difflib
import sys
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

import click

from adapters.cli.output import wants_colour
from adapters.cli.written_files import write_files
from adapters.workspace.loading import revised
from engine.lint.fixing import apply_fixes
from grammar.diagnostics import FixSafety

if TYPE_CHECKING:
    from adapters.cli.lint_run import Linted, Request

_MOST_ROUNDS = 20
"""A fix may make room for another; more rounds than this would mean that two rules undo each other."""


class Fixed(NamedTuple):
    """What fixing gave.

    Attributes:
        linted: the workspace after it.
        changed: whether a text is, or would be, another.
    """

    linted: Linted
    changed: bool


def fixed(linted: Linted, request: Request) -> Fixed:
    """Apply the fixes of a workspace; with `--diff` write nothing and show them.

    A round whose result would no longer be a valid workspace is not kept: the files are left as they were before it.

    Args:
        linted: the workspace and its findings.
        request: which fixes, and of which files.
    """
    from adapters.cli.lint_run import relinted

    safeties = {FixSafety.SAFE, FixSafety.UNSAFE} if request.unsafe else {FixSafety.SAFE}
    loaded = linted.load()
    before = loaded.sources.texts
    current, count = linted, 0
    for _ in range(_MOST_ROUNDS):
        if loaded.broken:
            break
        texts, applied = apply_fixes(current.outcome.findings, loaded.sources.texts, safeties)
        following = revised(loaded, texts) if texts else None
        if following is None or following.broken:
            break
        count += len(applied)
        loaded, current = following, relinted(following, request.paths, request)
    after = loaded.sources.texts
    changed = [name for name in before if after[name] != before[name]]
    if request.diff:
        for name in changed:
            _show(name, before[name], after[name])
    elif changed:
        write_files(Path(), {PurePosixPath(Path(name).resolve()): after[name] for name in changed}, force=True)
        files = f"{len(changed)} file{'' if len(changed) == 1 else 's'}"
        click.echo(f"fixed {count:,} finding{'' if count == 1 else 's'} in {files}", err=True)
    return Fixed(current, bool(changed))


def _show(name: str, before: str, after: str) -> None:
    colour = wants_colour(sys.stdout)
    kept = (before.splitlines(keepends=True), after.splitlines(keepends=True))
    for line in difflib.unified_diff(*kept, f"a/{name}", f"b/{name}"):
        shade = {"+": "green", "-": "red", "@": "cyan"}.get(line[0])
        text = line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
        click.echo(click.style(text, fg=shade) if colour and shade else text, nl=False, color=colour)
