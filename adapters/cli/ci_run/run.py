"""One run of `promo ci check`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from adapters.ci.base import find_base
from adapters.ci.failure import CiError
from adapters.ci.history import History
from adapters.ci.place import Forge, find_forge
from adapters.cli.ci_run.checks import (
    Check,
    Ran,
    Verdict,
    diff_check,
    exit_code,
    plain_check,
    run_promo,
    workspace_arguments,
)
from adapters.cli.ci_run.log import Write, inert, section
from adapters.cli.ci_run.report import report
from adapters.cli.ci_run.runner_files import output, write
from adapters.cli.exit_codes import ExitCode

_WORDS = {Verdict.PASSED: "passed", Verdict.FAILED: "failed", Verdict.NOTED: "to look at"}


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for; see the options of `promo ci check`."""

    folder: Path | None
    steps: tuple[str, ...]
    base: str | None
    fail_level: str | None
    report: Path | None
    reports: Path | None


def run_checks(request: Request, environment: Mapping[str, str], echo: Write) -> int:
    """Run the checks, show and report them.

    Args:
        request: what to run.
        environment: what the runner says.
        echo: writes a line to the log.

    Returns:
        The exit code.

    Raises:
        CiError: when a report cannot be written.
    """
    forge = find_forge(environment)
    checks: list[Check] = []
    for step in request.steps:
        check = _check(step, request, environment)
        checks.append(check)
        _show(check, forge, echo)
        if step == "lint" and forge in (Forge.GITHUB, Forge.GITEA):
            # These lines are orders to the runner, so that they stand outside of the section.
            echo(_again(request, "lint", "github").output.rstrip("\n"))
    if request.reports is not None:
        _write_reports(request, request.reports)
    if request.report is not None:
        write(request.report, report(checks))
    changes = any(check.ran is not None and check.ran.code == ExitCode.FINDINGS for check in checks if _is_diff(check))
    output(environment, {"report": str(request.report or ""), "changes": "true" if changes else "false"})
    with inert(forge, echo):
        for check in checks:
            echo(f"{check.step:6}  {_WORDS[check.verdict]:10}  {check.summary}")
    return exit_code(checks)


def _check(step: str, request: Request, environment: Mapping[str, str]) -> Check:
    if step != "diff":
        return plain_check(step, request.folder, request.fail_level, run_promo)
    from adapters.workspace.folder import find_folder

    folder = find_folder(request.folder)
    if not isinstance(folder, Path):
        # What is wrong with it, the command itself says.
        return diff_check("HEAD", False, request.folder, run_promo)
    try:
        history = History(folder)
        base = find_base(history, request.base, environment)
        is_new = base is not None and not history.has_workspace(base, folder)
    except CiError as failed:
        told = f"error: {failed.message}\n" + (f"  = help: {failed.help}\n" if failed.help else "")
        return Check("diff", Verdict.FAILED, failed.message, Ran(ExitCode.INVALID, "", told))
    return diff_check(base, is_new, request.folder, run_promo)


def _is_diff(check: Check) -> bool:
    return check.step == "diff"


def _show(check: Check, forge: Forge | None, echo: Write) -> None:
    with section(forge, echo, f"promo {check.step}"):
        for text in (check.ran.output, check.ran.complaint) if check.ran is not None else (check.summary,):
            if text.strip():
                echo(text.rstrip("\n"))


def _again(request: Request, step: str, form: str) -> Ran:
    """Run a step once more in a form for machines; what it reads is cached."""
    return run_promo([step, *workspace_arguments(request.folder), "--format", form])


def _write_reports(request: Request, folder: Path) -> None:
    if "lint" in request.steps:
        write(folder / "promo-code-quality.json", _again(request, "lint", "gitlab").output or "[]\n")
    for step in ("test", "verify"):
        if step in request.steps:
            found = _again(request, step, "junit").output
            if found:
                write(folder / f"promo-{step}.junit.xml", found)
