"""How much the tests of a workspace would notice: `promo test --coverage`, `--suggest` and `--mutate`."""

from __future__ import annotations

import json
import sys

import click

from adapters.cli.exit_codes import ExitCode
from adapters.cli.output import fail, wants_colour
from adapters.cli.surroundings import find_zone
from adapters.cli.test_run import Opened, Request, empty, open_workspaces, results_of
from adapters.cli.test_views.results import Results
from adapters.cli.test_views.text import text


def run_coverage(request: Request, threshold: float | None) -> ExitCode:
    """Run the tests and report what they exercise; a share below the threshold is a failure."""
    from adapters.cli.test_views.as_json import results_data
    from adapters.cli.test_views.coverage import coverage_data, coverage_text, percent
    from engine.testing.coverage import measure

    opened = _one(request)
    if opened is None:
        return ExitCode.INVALID
    results = results_of((opened,))
    coverage = measure(opened.loaded.workspace, (one.ran for one in results.tests))
    sources = opened.loaded.sources
    if request.form == "json":
        _print_json(results_data(results) | {"coverage": coverage_data(coverage, sources)})
    else:
        _print_results(results, request)
        click.echo("\n" + coverage_text(coverage, sources), nl=False)
    low = threshold is not None and coverage.percent() < threshold
    if low:
        click.echo(f"coverage of {percent(coverage.percent())} is below {threshold:g} %", err=True)
    return ExitCode.FINDINGS if low or results.failed else empty(len(results.tests), request)


def run_suggest(request: Request) -> ExitCode:
    """Print tests for what the tests do not exercise; what none can be written for goes to standard error."""
    from adapters.cli.decision_words import place
    from engine.testing.coverage import measure
    from engine.testing.suggesting import suggest
    from grammar.format import print_declaration
    from grammar.render import printable

    opened = _one(request)
    if opened is None:
        return ExitCode.INVALID
    results = results_of((opened,))
    workspace = opened.loaded.workspace
    missed = measure(workspace, (one.ran for one in results.tests)).missed
    suggested = suggest(workspace, missed, find_zone)
    if suggested.tests:
        click.echo("\n\n".join(print_declaration(test).rstrip("\n") for test in suggested.tests))
    for item in suggested.left:
        where = place(item.span, opened.loaded.sources)
        click.echo(f"no test can be written for: {printable(item.words)}  {printable(where)}", err=True)
    return ExitCode.DONE


def run_mutate(request: Request, threshold: float | None, limit: int) -> ExitCode:
    """Break the workspace on purpose and report what nothing notices; a score below the threshold is a failure."""
    from adapters.cli.test_views.coverage import percent
    from adapters.cli.test_views.mutation import mutation_data, mutation_text
    from engine.testing.mutation import mutate

    opened = _one(request)
    if opened is None:
        return ExitCode.INVALID
    results = results_of((opened,))
    if results.failed:
        _print_results(results, request)
        click.echo("mutants are tried when all tests pass", err=True)
        return ExitCode.FINDINGS
    trials = mutate(opened.loaded.workspace, opened.tests, find_zone, limit)
    if request.form == "json":
        _print_json(mutation_data(trials, opened.loaded.sources))
    else:
        click.echo(mutation_text(trials, opened.loaded.sources), nl=False)
    if threshold is not None and trials.score < threshold:
        click.echo(f"a score of {percent(trials.score)} is below {threshold:g} %", err=True)
        return ExitCode.FINDINGS
    return empty(len(results.tests), request)


def _one(request: Request) -> Opened | None:
    opened = open_workspaces(request)
    if opened is not None and len(opened) != 1:
        fail("these paths are in several workspaces", "ask about one at a time")
    return None if opened is None else opened[0]


def _print_results(results: Results, request: Request) -> None:
    if request.form == "json":
        from adapters.cli.test_views.as_json import results_data

        _print_json(results_data(results))
        return
    click.echo(text(results, colour=wants_colour(sys.stdout), verbose=request.verbose), nl=False)


def _print_json(data: dict[str, object]) -> None:
    click.echo(json.dumps(data, indent=2, ensure_ascii=False))
