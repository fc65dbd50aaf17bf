"""One run of `promo test`: the workspaces, the tests that are asked for, the report."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

import click

from adapters.cli.asked_files import among, workspaces_of
from adapters.cli.exit_codes import ExitCode
from adapters.cli.output import report, wants_colour
from adapters.cli.surroundings import find_zone
from adapters.cli.test_views.results import Results, Timed
from adapters.workspace import Loaded, find_and_load
from engine.model.glob import matches
from engine.testing import Runner
from grammar import nodes


class Request(NamedTuple):
    """What was asked for; see the options of `promo test`."""

    folder: Path | None
    paths: tuple[Path, ...]
    pattern: str | None = None
    fail_on_empty: bool = False
    verbose: bool = False
    form: str = "text"


class Opened(NamedTuple):
    """A workspace, and those of its tests that are asked for."""

    loaded: Loaded
    tests: tuple[nodes.Test, ...]


def run_tests(request: Request) -> ExitCode:
    """Run the tests that are asked for, report, and return what to exit with."""
    opened = open_workspaces(request)
    if opened is None:
        return ExitCode.INVALID
    results = results_of(opened)
    click.echo(_shown(results, request), nl=False, color=wants_colour(sys.stdout))
    if results.failed:
        return ExitCode.FINDINGS
    return empty(len(results.tests), request)


def open_workspaces(request: Request) -> tuple[Opened, ...] | None:
    """Read the workspaces that are asked about; None when one of them is invalid, which is reported."""
    opened: list[Opened] = []
    broken = False
    for folder, paths in workspaces_of(request.folder, request.paths):
        loaded = find_and_load(folder)
        report(loaded.diagnostics, loaded.sources)
        broken |= loaded.broken
        tests = tuple(
            test
            for test in (() if loaded.broken else loaded.workspace.tests)
            if among(test.span.source, paths) and _fits(test, request.pattern, loaded)
        )
        opened.append(Opened(loaded, tests))
    return None if broken else tuple(opened)


def empty(count: int, request: Request) -> ExitCode:
    """Return what to exit with when nothing failed: it may be that there was nothing to fail."""
    if count == 0 and request.pattern is not None and "*" not in request.pattern:
        click.echo(f"no test is called so; `*` stands for any text: --filter '*{request.pattern}*'", err=True)
    return ExitCode.FINDINGS if request.fail_on_empty and count == 0 else ExitCode.DONE


def _fits(test: nodes.Test, pattern: str | None, loaded: Loaded) -> bool:
    """Say whether a pattern fits a test's title, its file's name, or its file's path from the workspace."""
    if pattern is None:
        return True
    path = os.path.relpath(test.span.source, loaded.folder).replace(os.sep, "/")
    return any(matches(pattern, text) for text in (test.title.text, path, path.rpartition("/")[2]))


def results_of(opened: tuple[Opened, ...]) -> Results:
    """Run the tests of workspaces, in order."""
    timed: list[Timed] = []
    for loaded, tests in opened:
        runner = Runner(loaded.workspace, find_zone)
        for test in tests:
            begun = perf_counter()
            ran = runner.run(test)
            timed.append(Timed(ran, perf_counter() - begun))
    sources = {name: source for one in opened for name, source in one.loaded.sources.items()}
    declared = sum(len(one.loaded.workspace.tests) for one in opened)
    return Results(tuple(timed), sources, declared - len(timed))


def _shown(results: Results, request: Request) -> str:
    """Return the report in the form that is asked for; only that form's module is imported."""
    match request.form:
        case "json":
            from adapters.cli.test_views.as_json import results_data

            return json.dumps(results_data(results), indent=2, ensure_ascii=False) + "\n"
        case "junit":
            from adapters.cli.test_views.junit import junit

            return junit(results)
        case _:
            from adapters.cli.test_views.text import text

            return text(results, colour=wants_colour(sys.stdout), verbose=request.verbose)
