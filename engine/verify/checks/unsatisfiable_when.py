"""V203: a `when` that holds for nothing."""

from __future__ import annotations

from collections.abc import Iterator

from engine.model.conditions import ALWAYS, Condition
from engine.verify.blockers import Clause
from engine.verify.context import Check, Context, Holds, Outcome
from engine.verify.finding import Finding
from engine.verify.question import ANY_FLOW
from engine.verify.verdict import CoreReason, Proved, ReasonKind, Refuted, Verdict
from engine.verify.wording import labels_of, named
from grammar.diagnostics import Severity
from grammar.span import Span


def _run(context: Context) -> Iterator[Outcome]:
    for life in context.life.policies:
        reason = CoreReason(ReasonKind.POLICY, life.policy.name, life.policy.span)
        yield _outcome(context, reason, life.policy.span, life.matches)
    for reason, condition, span in _others(context):
        if condition != ALWAYS:
            verdict = context.questions.decide([Clause(condition, reason)], flow=ANY_FLOW, readable=False)
            yield _outcome(context, reason, span, verdict)


def _others(context: Context) -> Iterator[tuple[CoreReason, Condition, Span]]:
    workspace = context.questions.workspace
    for require in workspace.requires.values():
        yield CoreReason(ReasonKind.REQUIRE, require.name, require.span), require.when, require.span
    for freeze in workspace.freezes.values():
        yield CoreReason(ReasonKind.FREEZE, freeze.name, freeze.span), freeze.when, freeze.span
    for access in workspace.access.values():
        yield CoreReason(ReasonKind.ACCESS, access.name, access.span), access.when, access.span


def _outcome(context: Context, reason: CoreReason, span: Span, verdict: Verdict) -> Outcome:
    subject = f"`when` of {reason}"
    if isinstance(verdict, Refuted):
        return Holds(CHECK.code, subject)
    if isinstance(verdict, Proved):
        core = tuple(found for found in verdict.core if found != reason)
        because = f", because of what is declared as {named(core)}" if core else ": it contradicts itself"
        if context.questions.closed:
            because = " that is declared"
        return Finding(
            CHECK.code,
            CHECK.severity,
            f"the {subject} holds for nothing{because}",
            subject,
            span,
            labels_of(core, "declared here"),
            "correct the condition, or remove the declaration",
            verdict,
            core=core,
        )
    return Finding(
        CHECK.code,
        Severity.WARNING,
        f"whether the {subject} holds for anything is not known: {verdict.reason}",
        subject,
        span,
        help="simplify the condition",
        verdict=verdict,
        now=False,
    )


CHECK = Check(
    "V203",
    "unsatisfiable-when",
    Severity.ERROR,
    "A condition that holds for no product, environment and flow.",
    _run,
)
