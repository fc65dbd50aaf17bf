"""One run of `promo verify`: the workspace, the checks, the report."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from adapters.cli.exit_codes import ExitCode
from adapters.cli.output import fail, wants_colour
from adapters.cli.verify_views.outcome import Verified
from adapters.cli.workspace_option import open_workspace
from adapters.git.address import AddressError, normalise
from engine.resolve.resolver import Resolver
from engine.verify.checks.registry import CHECKS
from engine.verify.context import Check
from engine.verify.question import DEFAULT_RLIMIT
from engine.verify.verification import verify_workspace
from grammar.diagnostics import Severity
from grammar.render import printable
from grammar.suggest import did_you_mean

_QUIET = 0.7
"""Seconds that pass before progress is shown."""

if TYPE_CHECKING:
    from adapters.cli.proof_cache import ProofCache
    from adapters.workspace import Loaded

Progress = Callable[[str, int, int], None]


class Request(NamedTuple):
    """What a call asks for; the fields are the options of the command."""

    folder: Path | None = None
    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    closed: bool = False
    fail_level: str = "error"
    rlimit: int | None = None
    statistics: bool = False
    cached: bool = True
    verbose: bool = False
    form: str = "text"


def run_verify(request: Request) -> ExitCode:
    """Verify a workspace and print the report.

    Raises:
        click.exceptions.Exit: with `INVALID`, for a check that does not exist or a workspace with errors.
    """
    only = _codes(request.only) if request.only else None
    skip = _codes(request.skip)
    loaded = open_workspace(request.folder)
    cache = _cache(loaded, request)
    with _progress() as progress:
        report = verify_workspace(
            loaded.workspace,
            closed=request.closed,
            only=only,
            skip=skip,
            rlimit=request.rlimit or DEFAULT_RLIMIT,
            progress=progress,
            clock=time.perf_counter,
            memory=None if cache is None else cache.memory,
            same_repository=_repository,
        )
    if cache is not None:
        cache.save()
    checks = tuple(check for check in CHECKS if (only is None or check.code in only) and check.code not in skip)
    verified = Verified(loaded, report, checks, Resolver(loaded.workspace), request.folder, request.closed)
    click.echo(_shown(verified, request), nl=False, color=wants_colour(sys.stdout))
    return _exit_code(verified, request)


def _repository(url: str) -> str:
    """Return what is equal for all addresses of one repository; an address that names none is like no other."""
    try:
        return normalise(url)
    except AddressError:
        return url


def _cache(loaded: Loaded, request: Request) -> ProofCache | None:
    """Return the answers of earlier runs; a closed world is looked at and not proved, so it has none."""
    if not request.cached or request.closed:
        return None
    from adapters.cli.proof_cache import ProofCache

    return ProofCache(loaded.folder)


def _exit_code(verified: Verified, request: Request) -> ExitCode:
    failing = {Severity.ERROR} if request.fail_level == "error" else {Severity.ERROR, Severity.WARNING}
    if any(found.severity in failing for found in verified.report.findings):
        return ExitCode.FINDINGS
    return ExitCode.UNKNOWN if verified.report.unknown else ExitCode.DONE


def _codes(wanted: tuple[str, ...]) -> frozenset[str]:
    """Return the codes that codes, names and families such as `V4` stand for."""
    found: set[str] = set()
    for word in wanted:
        chosen = [check.code for check in CHECKS if _stands_for(word, check)]
        if not chosen:
            known = [name for check in CHECKS for name in (check.code, check.name)]
            codes = f"there are {CHECKS[0].code} to {CHECKS[-1].code}"
            fail(f"there is no check `{printable(word)}`", did_you_mean(word, known) or codes)
        found.update(chosen)
    return frozenset(found)


def _stands_for(word: str, check: Check) -> bool:
    return check.name == word.lower() or (len(word) > 1 and check.code.startswith(word.upper()))


@contextmanager
def _progress() -> Iterator[Progress | None]:
    """Show which check runs, on a terminal and only where it takes a while."""
    if not sys.stderr.isatty():
        yield None
        return
    began = time.perf_counter()
    shown = 0

    def show(name: str, done: int, count: int) -> None:
        nonlocal shown
        if time.perf_counter() - began > _QUIET:
            line = f"verifying: {name} ({done + 1} of {count})"
            click.echo(f"\r{line.ljust(shown)}", nl=False, err=True)
            shown = len(line)

    try:
        yield show
    finally:
        if shown:
            click.echo(f"\r{' ' * shown}\r", nl=False, err=True)


def _shown(verified: Verified, request: Request) -> str:
    """Return the report in the form that is asked for; only that form's module is imported."""
    match request.form:
        case "json":
            from adapters.cli.verify_views.as_data import as_json

            return as_json(verified)
        case "sarif":
            from adapters.cli.lint_output.sarif import sarif

            return sarif(verified.outcome())
        case "junit":
            from adapters.cli.verify_views.junit import junit

            return junit(verified)
        case _:
            from adapters.cli.verify_views.text import text

            return text(
                verified, colour=wants_colour(sys.stdout), verbose=request.verbose, statistics=request.statistics
            )
