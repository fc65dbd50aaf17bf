"""One run of `promo lint`: the workspaces, the findings, the fixes, the report."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from adapters.cli.exit_codes import ExitCode
from adapters.cli.lint_output.outcome import LEVELS, Outcome
from adapters.cli.lint_output.registered import REGISTERED
from adapters.cli.output import fail, wants_colour
from adapters.workspace.configuration import Configuration, LintChoice
from adapters.workspace.folder import find_folder
from adapters.workspace.gathering import Gathered, gathered
from adapters.workspace.linting import Findings, lint_gathered, lint_loaded, relative_to
from adapters.workspace.sources import Sources
from grammar.diagnostics import Diagnostic, Severity
from grammar.render import printable

if TYPE_CHECKING:
    from adapters.workspace.loading import Loaded


class Request(NamedTuple):
    """What was asked for; see the options of `promo lint`."""

    folder: Path | None
    paths: tuple[Path, ...]
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    fix: bool
    unsafe: bool
    diff: bool
    fail_level: str | None
    baseline: Path | None
    write_baseline: Path | None
    statistics: bool
    form: str

    @property
    def choice(self) -> LintChoice:
        """Return what the command line adds to the configuration."""
        return LintChoice(self.select or None, self.ignore)


class Linted(NamedTuple):
    """One workspace with its findings, before anything known is taken out.

    Attributes:
        folder: the workspace's folder.
        configuration: of its `promo.toml`.
        broken: whether reading it gave an error.
        outcome: the findings.
        load: returns the workspace, which a report has no need of.
    """

    folder: Path
    configuration: Configuration
    broken: bool
    outcome: Outcome
    load: Callable[[], Loaded]


def run_lint(request: Request) -> ExitCode:
    """Lint, fix where that is asked for, report, and return what to exit with."""
    _check_selectors((*request.select, *request.ignore))
    workspaces = [_linted(folder, paths, request) for folder, paths in _workspaces(request)]
    if request.write_baseline is not None:
        from adapters.cli.lint_baseline import write

        write(request.write_baseline, [linted.outcome for linted in workspaces])
        return ExitCode.INVALID if any(linted.broken for linted in workspaces) else ExitCode.DONE
    if request.fix:
        from adapters.cli.lint_fixes import fixed

        outcomes = [fixed(linted, request) for linted in workspaces]
        changed = any(result.changed for result in outcomes)
        workspaces = [result.linted for result in outcomes]
        if request.diff:
            broken = any(linted.broken for linted in workspaces)
            return ExitCode.INVALID if broken else ExitCode.FINDINGS if changed else ExitCode.DONE
    return _report([_without_known(linted, request) for linted in workspaces], request)


def _check_selectors(selectors: Iterable[str]) -> None:
    for selector in selectors:
        from engine.lint.directives.silence import known_selector

        if selector not in ("all", "default") and not known_selector(selector, REGISTERED):
            fail(f"there is no rule `{printable(selector)}`", "`promo rules` lists them")


def _workspaces(request: Request) -> list[tuple[Path | None, tuple[Path, ...]]]:
    """Return the folders of the workspaces that paths are in, each with its paths."""
    if request.folder is not None or not request.paths:
        return [(request.folder, request.paths)]
    found: dict[Path | None, list[Path]] = {}
    for path in request.paths:
        if not path.exists():
            fail(f"there is no file or folder `{printable(str(path))}`")
        found.setdefault(_folder_of(path), []).append(path)
    return [(folder, tuple(paths)) for folder, paths in found.items()]


def _folder_of(path: Path) -> Path | None:
    """Return the nearest folder from a path upwards that is a workspace; a folder without one stands for itself."""
    start = path if path.is_dir() else path.parent
    whole = start.resolve()
    for up, folder in enumerate((whole, *whole.parents)):
        if (folder / "promo.toml").is_file():
            return start if up == 0 else folder
    return start


def _linted(folder: Path | None, paths: tuple[Path, ...], request: Request) -> Linted:
    place = find_folder(folder)
    if isinstance(place, Diagnostic):
        from adapters.workspace.loading import Loaded

        nowhere = Loaded(folder or Path(), diagnostics=(place,))
        return _shown_of(nowhere, Findings(nowhere.diagnostics, True), {}, paths, lambda: nowhere)
    read = gathered(place)
    return _shown_of(read, lint_gathered(read, request.choice), read.texts, paths, lambda: _understood(read))


def _understood(read: Gathered) -> Loaded:
    from adapters.workspace.loading import understood

    return understood(read)


def relinted(loaded: Loaded, paths: tuple[Path, ...], request: Request) -> Linted:
    """Lint a workspace that was read, and keep what is found in the paths that are asked about."""
    findings = Findings(lint_loaded(loaded, request.choice), loaded.broken)
    return _shown_of(loaded, findings, loaded.sources.texts, paths, lambda: loaded)


def _shown_of(
    place: Loaded | Gathered,
    linted: Findings,
    texts: Mapping[str, str],
    paths: tuple[Path, ...],
    load: Callable[[], Loaded],
) -> Linted:
    """Return what is to be shown: findings in the paths, and errors of reading, which concern every path."""
    names = [name for name in texts if not paths or any(_within(name, path) for path in paths)]
    findings = linted.findings
    if paths:
        shown = set(names)
        findings = tuple(
            found for found in findings if found.span.source in shown or (linted.broken and found.is_error)
        )
    relative = {name: relative_to(place, name) for name in texts}
    outcome = Outcome(findings, Sources(texts), REGISTERED, tuple(names), relative)
    return Linted(place.folder, place.configuration, linted.broken, outcome, load)


def _within(name: str, path: Path) -> bool:
    place, asked = Path(name).absolute(), path.absolute()
    return place == asked or asked in place.parents or asked.resolve() in place.resolve().parents


def _without_known(linted: Linted, request: Request) -> Linted:
    configured = linted.configuration.lint.baseline
    path = request.baseline or (linted.folder / configured if configured else None)
    if path is None or linted.broken:
        return linted
    from adapters.cli.lint_baseline import without_known

    return linted._replace(outcome=without_known(path, linted.outcome, request.form == "text"))


def _report(workspaces: list[Linted], request: Request) -> ExitCode:
    outcome = _together([linted.outcome for linted in workspaces])
    click.echo(_shown(outcome, request), nl=False, color=wants_colour(sys.stdout))
    if any(linted.broken for linted in workspaces):
        return ExitCode.INVALID
    failed = any(_fails(linted, request) for linted in workspaces)
    return ExitCode.FINDINGS if failed else ExitCode.DONE


def _fails(linted: Linted, request: Request) -> bool:
    level = request.fail_level or linted.configuration.lint.fail_level
    if level == "never":
        return False
    least = LEVELS[Severity(level)]
    return any(LEVELS[found.severity] >= least for found in linted.outcome.findings)


def _together(outcomes: list[Outcome]) -> Outcome:
    """Return one outcome of several workspaces."""
    if len(outcomes) == 1:
        return outcomes[0]
    return Outcome(
        tuple(found for outcome in outcomes for found in outcome.findings),
        {name: source for outcome in outcomes for name, source in outcome.sources.items()},
        REGISTERED,
        tuple(name for outcome in outcomes for name in outcome.checked),
        {name: path for outcome in outcomes for name, path in outcome.relative.items()},
    )


def _shown(outcome: Outcome, request: Request) -> str:
    """Return the report in the form that is asked for; only that form's module is imported."""
    match request.form:
        case "json":
            from adapters.cli.lint_output.data import as_json

            return as_json(outcome)
        case "sarif":
            from adapters.cli.lint_output.sarif import sarif

            return sarif(outcome)
        case "github":
            from adapters.cli.lint_output.github import github

            return github(outcome)
        case "gitlab":
            from adapters.cli.lint_output.gitlab import gitlab

            return gitlab(outcome)
        case "junit":
            from adapters.cli.lint_output.junit import junit

            return junit(outcome)
        case "rdjson":
            from adapters.cli.lint_output.rdjson import rdjson

            return rdjson(outcome)
        case _:
            from adapters.cli.lint_output import plain

            if request.statistics:
                return plain.statistics(outcome)
            return plain.text(outcome, colour=wants_colour(sys.stdout))
