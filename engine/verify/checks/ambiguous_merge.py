"""V101: policies of one priority that both match and say different things. Source: domain, promotion policy."""

from __future__ import annotations

from collections.abc import Iterator

from engine.model.values import written
from engine.verify.ambiguities import Ambiguities, Contest
from engine.verify.context import Check, Context, Holds, Outcome, later
from engine.verify.finding import Finding
from engine.verify.verdict import Proved, Refuted, Unknown, Verdict
from engine.verify.wording import whom
from grammar.diagnostics import Label, Severity


def _run(context: Context) -> Iterator[Outcome]:
    ambiguities = context.ambiguities
    for contest, verdict, now in ambiguities.contests:
        if isinstance(verdict, Proved):
            yield Holds(CHECK.code, _subject(context, contest), verdict.core)
        else:
            yield _finding(context, ambiguities, contest, verdict, now)


def _subject(context: Context, contest: Contest) -> str:
    policies = context.questions.index.policies
    return f"`{contest.setting}` of policies `{policies[contest.first].name}` and `{policies[contest.second].name}`"


def _finding(
    context: Context, ambiguities: Ambiguities, contest: Contest, verdict: Refuted | Unknown | Verdict, now: bool
) -> Finding:
    policies = context.questions.index.policies
    first, second = policies[contest.first], policies[contest.second]
    spans = {setting.name: setting.span for setting in first.settings}
    others = {setting.name: setting.span for setting in second.settings}
    one = written(ambiguities.value(contest.first, contest.setting))
    other = written(ambiguities.value(contest.second, contest.setting))
    subject = _subject(context, contest)
    label = Label(others[contest.setting], f"`{second.name}` sets `{other}` with the same priority {second.priority}")
    if isinstance(verdict, Refuted):
        return Finding(
            CHECK.code,
            later(CHECK.severity, now),
            f"`{contest.setting}` of {whom(verdict.witness, now)} is `{one}` or `{other}`: policies `{first.name}` and "
            f"`{second.name}` both match with priority {first.priority}",
            subject,
            spans[contest.setting],
            (label,),
            "give one of them another priority, or make their conditions exclude each other",
            verdict,
            now,
            verdict.witness,
        )
    reason = verdict.reason if isinstance(verdict, Unknown) else ""
    return Finding(
        CHECK.code,
        Severity.WARNING,
        f"whether {subject} can be ambiguous is not known: {reason}",
        subject,
        spans[contest.setting],
        (label,),
        "give one of them another priority, or simplify their conditions",
        verdict,
        False,
    )


CHECK = Check(
    "V101",
    "ambiguous-merge",
    Severity.ERROR,
    "Policies of equal priority set something differently for the same pair, and nothing better decides.",
    _run,
)
