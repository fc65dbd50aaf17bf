"""Runs all checks on a workspace."""

from __future__ import annotations

from collections.abc import Callable, Collection

from engine.model.workspace import Workspace
from engine.verify.checks.registry import CHECKS
from engine.verify.context import Check, Context, Holds
from engine.verify.finding import Finding
from engine.verify.memory import ProofMemory
from engine.verify.question import DEFAULT_RLIMIT, Questions
from engine.verify.report import Report
from engine.verify.verdict import Unknown
from engine.verify.write_sets import plain_address


def verify_workspace(
    workspace: Workspace,
    *,
    closed: bool = False,
    only: Collection[str] | None = None,
    skip: Collection[str] = (),
    rlimit: int = DEFAULT_RLIMIT,
    progress: Callable[[str, int, int], None] | None = None,
    clock: Callable[[], float] | None = None,
    memory: ProofMemory | None = None,
    same_repository: Callable[[str], str] = plain_address,
) -> Report:
    """Verify a workspace.

    Args:
        workspace: what was declared.
        closed: whether there is nothing but what is declared.
        only: codes of the checks to run; None runs all of them.
        skip: codes of checks to leave out.
        rlimit: Z3's measure of work, for each question.
        progress: is called before each check with its name, how many are done, and how many there are.
        clock: seconds from any beginning, to measure goals by.
        memory: what was answered before; what is new is added to it.
        same_repository: returns the same text for two addresses of one repository; must not raise.

    Returns:
        Findings, proofs and what stays open, by check in the order of `CHECKS`.

    Raises:
        KeyError: for a code of no check.
        VerificationError: when prover and resolver contradict each other, which is a defect of this program.
    """
    known = {check.code for check in CHECKS}
    for code in (*(only or ()), *skip):
        if code not in known:
            raise KeyError(code)
    chosen = [check for check in CHECKS if (only is None or check.code in only) and check.code not in skip]
    questions = Questions(workspace, closed=closed, rlimit=rlimit, clock=clock, memory=memory)
    return run_checks(Context(questions, same_repository), chosen, progress)


def run_checks(
    context: Context, checks: Collection[Check], progress: Callable[[str, int, int], None] | None = None
) -> Report:
    """Run some checks in a context that may know something already; as `verify_workspace`."""
    findings: list[Finding] = []
    unknown: list[Finding] = []
    proved: list[Holds] = []
    for done, check in enumerate(checks):
        if progress is not None:
            progress(check.name, done, len(checks))
        for outcome in check.run(context):
            if isinstance(outcome, Holds):
                proved.append(outcome)
            elif isinstance(outcome.verdict, Unknown):
                unknown.append(outcome)
            else:
                findings.append(outcome)
    return Report(tuple(findings), tuple(proved), tuple(unknown), context.questions.statistics)
