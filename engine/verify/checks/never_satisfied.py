"""V303: approvals that nobody may give, and freezes that never let anything through."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from engine.model.attributes import Subject
from engine.model.conditions import ALWAYS, PassedThrough, atoms
from engine.model.entities import Access, Freeze, Permission, Setting
from engine.model.values import Approvals, written
from engine.verify.blockers import Blockers, Clause, ListedBlockers, PolicyBlockers, policy_clause
from engine.verify.context import Check, Context, Holds, Outcome, later
from engine.verify.finding import Finding
from engine.verify.points import Witness
from engine.verify.verdict import CoreReason, Proved, ReasonKind, Unknown, Verdict
from engine.verify.wording import whom
from grammar.diagnostics import Severity
from grammar.vocabulary import listing

LONGEST_FREEZE = timedelta(days=366)
"""A freeze that lasts longer covers every day of the year: every window opens only inside it."""


def _run(context: Context) -> Iterator[Outcome]:
    for freeze in context.questions.workspace.freezes.values():
        yield _freeze(freeze)
    if context.questions.workspace.access:
        yield from _policies(context)
        yield from _steps(context)


def _freeze(freeze: Freeze) -> Outcome:
    subject = f"freeze `{freeze.name}`"
    length = freeze.end - freeze.start
    if length <= LONGEST_FREEZE:
        return Holds(CHECK.code, subject)
    whom_it_hits = "everything" if freeze.when == ALWAYS else "what it is about"
    return Finding(
        CHECK.code,
        Severity.WARNING,
        f"{subject} lasts {length.days} days: it covers every day of a year, and {whom_it_hits} waits that long",
        subject,
        freeze.span,
        help="end it earlier; to forbid something for good, write a requirement",
    )


def _approvers(context: Context, approvals: Approvals) -> list[Access]:
    """Return the rules by which somebody who counts may approve."""
    return [
        rule
        for rule in context.questions.workspace.access.values()
        if Permission.APPROVE in rule.allow and (not approvals.teams or set(rule.teams) & set(approvals.teams))
    ]


def _clauses(rules: list[Access]) -> tuple[Clause, ...]:
    return tuple(Clause(rule.when, CoreReason(ReasonKind.ACCESS, rule.name, rule.span)) for rule in rules)


class _Both:
    """What must not hold: better policies, and rules by which somebody may approve."""

    def __init__(self, policies: PolicyBlockers, rules: ListedBlockers) -> None:
        self._parts: tuple[Blockers, ...] = (rules, policies)

    def broken(self, witness: Witness) -> list[Clause]:
        return [clause for part in self._parts for clause in part.broken(witness)]

    def every(self) -> list[Clause]:
        return [clause for part in self._parts for clause in part.every()]


def _policies(context: Context) -> Iterator[Outcome]:
    """Yield what the approvals of each policy come to, where they are in force."""
    questions, index = context.questions, context.questions.index
    for policy in questions.workspace.policies.values():
        setting = next((found for found in policy.settings if isinstance(found.value, Approvals)), None)
        if setting is None or not isinstance(setting.value, Approvals):
            continue
        number = index.number[policy.name]
        before = index.before(number) & index.setting_rows[setting.name]
        rules = _approvers(context, setting.value)
        blockers = _Both(PolicyBlockers(index, before), ListedBlockers(_clauses(rules)))
        verdict: Verdict = Proved()
        for flow in _flows(context, rules):
            verdict = questions.search([policy_clause(index, number)], blockers, flow=flow)
            if not isinstance(verdict, Proved):
                break
        yield _outcome(f"approvals of policy `{policy.name}`", setting, verdict, False)


def _flows(context: Context, rules: list[Access]) -> list[str | None]:
    """Return the flows that can make a difference to what some rules allow; None is a promotion by hand."""
    asks = any(
        not isinstance(atom, PassedThrough) and atom.attribute.subject is Subject.FLOW
        for rule in rules
        for atom in atoms(rule.when)
    )
    return [None, *context.questions.workspace.flows] if asks else [None]


def _steps(context: Context) -> Iterator[Outcome]:
    """Yield what the approvals of each step come to."""
    for site in context.requirements.sites:
        assert site.flow is not None
        assert site.step is not None
        setting = next((found for found in site.step.settings if isinstance(found.value, Approvals)), None)
        if setting is None or not isinstance(setting.value, Approvals):
            continue
        rules = _clauses(_approvers(context, setting.value))
        verdict = context.questions.search(
            [], ListedBlockers(rules), environment=site.place.environment, flow=site.flow.name
        )
        yield _outcome(f"approvals in {site.words}", setting, verdict, True)


def _outcome(subject: str, setting: Setting, verdict: Verdict, in_step: bool) -> Outcome:
    if isinstance(verdict, Proved):
        return Holds(CHECK.code, subject, verdict.core)
    asked = f"`approvals {written(setting.value)}`"
    if isinstance(verdict, Unknown):
        return Finding(
            CHECK.code,
            Severity.WARNING,
            f"whether somebody may always give {asked} is not known: {verdict.reason}",
            subject,
            setting.span,
            verdict=verdict,
            now=False,
        )
    now = verdict.witness.declared
    teams = setting.value.teams if isinstance(setting.value, Approvals) else ()
    whose = f"no team of {listing([f'`{team}`' for team in teams])}" if teams else "nobody"
    return Finding(
        CHECK.code,
        later(CHECK.severity, now),
        f"{asked} cannot be given: {whose} may approve for {whom(verdict.witness, now)}",
        subject,
        setting.span,
        help="add an `access` rule that allows `approve`, or ask other teams",
        verdict=verdict,
        now=now,
        witness=verdict.witness,
    )


CHECK = Check(
    "V303",
    "never-satisfied",
    Severity.ERROR,
    "Approvals that nobody may give, or a freeze that covers every day of a year.",
    _run,
)
