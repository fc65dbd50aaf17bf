"""`promo test --watch`: runs the tests again whenever a file of the workspace changes."""

from __future__ import annotations

import os
from collections.abc import Callable
from itertools import count
from time import sleep

import click

from adapters.cli.asked_files import workspaces_of
from adapters.cli.exit_codes import ExitCode
from adapters.cli.test_run import Request, run_tests
from adapters.workspace.configuration import CONFIGURATION_FILE, Configuration
from adapters.workspace.folder import find_folder
from adapters.workspace.walk import source_files
from grammar.diagnostics import Diagnostic

_INTERVAL = 0.3
"""Seconds between two looks at the files."""

State = dict[str, tuple[int, int]]
"""Time of the last change, in nanoseconds, and size of each file."""


def watch_tests(request: Request, wait: Callable[[float], None] = sleep, looks: int | None = None) -> ExitCode:
    """Run the tests, and again after every change, until interrupted.

    Args:
        request: what to run.
        wait: waits for some seconds.
        looks: how often the files are looked at; None for ever.

    Returns:
        What the last run came to.
    """
    known = _state(request)
    code = run_tests(request)
    try:
        for _ in count() if looks is None else range(looks):
            wait(_INTERVAL)
            found = _state(request)
            if found == known:
                continue
            known = found
            click.echo(f"\n--- {_changed(request)} ---", err=True)
            code = run_tests(request)
    except KeyboardInterrupt:
        click.echo(err=True)
    return code


def _changed(request: Request) -> str:
    return f"changed, running again{f' what fits {request.pattern}' if request.pattern else ''}"


def _state(request: Request) -> State:
    """Return when each file that could be read was changed last; files that vanish meanwhile are left out."""
    found: State = {}
    for given, _ in workspaces_of(request.folder, request.paths):
        folder = find_folder(given)
        if isinstance(folder, Diagnostic):
            continue
        files, _ = source_files(str(folder), Configuration())
        for path in (str(folder / CONFIGURATION_FILE), *(file.path for file in files)):
            try:
                status = os.stat(path)
            except FileNotFoundError:
                continue
            found[path] = (status.st_mtime_ns, status.st_size)
    return found
