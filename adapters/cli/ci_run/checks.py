"""The checks of a change: promo's own commands, each as a process, all of them whatever the others find."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from adapters.cli.exit_codes import ExitCode

STEPS = ("lint", "verify", "test", "diff")
"""What can be asked for, in the order it is done."""

FAIL_LEVELS = ("error", "warning", "info", "never")

_TIMEOUT = 3600.0  # seconds


class Verdict(Enum):
    """What a check means for the change."""

    PASSED = "passed"
    FAILED = "failed"
    NOTED = "noted"
    """Something to look at that stops nothing."""


@dataclass(frozen=True, slots=True)
class Ran:
    """A command that has ended.

    Attributes:
        code: what it ended with.
        output: what it wrote to standard output.
        complaint: what it wrote to standard error.
    """

    code: int
    output: str
    complaint: str


@dataclass(frozen=True, slots=True)
class Check:
    """One step, and what came of it.

    Attributes:
        step: one of `STEPS`.
        verdict: what it means.
        summary: one line that says it.
        ran: the command; None where there was nothing to run.
    """

    step: str
    verdict: Verdict
    summary: str
    ran: Ran | None = None


Runner = Callable[[list[str]], Ran]


def run_promo(arguments: list[str]) -> Ran:
    """Run a command of this promo in the current folder.

    Nothing in that folder is imported (``-P``): it is the change's, and could bring a module of any name.
    """
    done = subprocess.run(
        [sys.executable, "-P", "-m", "adapters.cli.main", *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
        timeout=_TIMEOUT,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def workspace_arguments(folder: Path | None) -> list[str]:
    """Return the option that names the workspace."""
    return [] if folder is None else ["-C", str(folder)]


def plain_check(step: str, folder: Path | None, fail_level: str | None, runner: Runner) -> Check:
    """Run `promo lint`, `promo verify` or `promo test`.

    Args:
        step: which one.
        folder: the workspace; None for the one around the current folder.
        fail_level: the least severity of a finding that fails the check, tests excepted, which always do; None for
            what the workspace says.
        runner: runs promo.
    """
    ran = runner([step, *workspace_arguments(folder), *_level_arguments(step, fail_level)])
    code = ran.code
    if step == "verify" and fail_level == "never" and code == ExitCode.FINDINGS:
        return Check(step, Verdict.NOTED, _last_line(ran), ran)
    verdict = Verdict.PASSED if code == ExitCode.DONE else Verdict.FAILED
    return Check(step, verdict, _last_line(ran), ran)


def _level_arguments(step: str, fail_level: str | None) -> list[str]:
    match step, fail_level:
        case ("test", _) | (_, None):
            return []
        case "verify", "info":
            # A proof finds errors and warnings only.
            return ["--fail-level", "warning"]
        case "verify", "never":
            return []
        case _, level:
            return ["--fail-level", str(level)]


def diff_check(base: str | None, is_new: bool, folder: Path | None, runner: Runner) -> Check:
    """Run `promo diff` from a base to HEAD, as Markdown; what it finds is said and stops nothing.

    Args:
        base: the commit to compare with; None where nothing names one.
        is_new: whether the base has no workspace yet.
        folder: the workspace.
        runner: runs promo.
    """
    if base is None:
        return Check("diff", Verdict.NOTED, "nothing names a base to compare with: give one with `--base`")
    if is_new:
        return Check("diff", Verdict.PASSED, "the workspace is new: there is nothing to compare it with")
    ran = runner(["diff", *workspace_arguments(folder), "--format", "markdown", base[:12], "HEAD"])
    match ran.code:
        case ExitCode.DONE:
            return Check("diff", Verdict.PASSED, "no semantic change", ran)
        case ExitCode.FINDINGS:
            return Check("diff", Verdict.NOTED, "the meaning changes, see above", ran)
        case ExitCode.UNKNOWN:
            return Check("diff", Verdict.NOTED, "not everything could be proved, see above", ran)
        case ExitCode.INVALID if runner(["check", *workspace_arguments(folder)]).code == ExitCode.DONE:
            # Whoever repairs what is broken must not be stopped because it was.
            return Check("diff", Verdict.NOTED, "the base is not valid, so it cannot be compared with", ran)
        case _:
            return Check("diff", Verdict.FAILED, _last_line(ran), ran)


def exit_code(checks: list[Check]) -> int:
    """Return what the run ends with: the worst code of a check that failed."""
    failed = [check.ran.code for check in checks if check.verdict is Verdict.FAILED and check.ran is not None]
    if not failed:
        return ExitCode.DONE
    worst = (ExitCode.INTERNAL, ExitCode.EXECUTION_FAILED, ExitCode.INVALID, ExitCode.FINDINGS, ExitCode.UNKNOWN)
    return next((code for code in worst if code in failed), ExitCode.INTERNAL)


def _last_line(ran: Ran) -> str:
    text = ran.output.strip() or ran.complaint.strip() or f"ended with {ran.code}"
    return text.splitlines()[-1].strip()
