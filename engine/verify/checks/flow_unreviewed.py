"""V704: production that a change reaches without anybody, or anything, looking at it first.

Looked at means one of three: the action is a pull request (or there is none, and a pre-action does the work);
approvals are asked for; or a pre-action runs before the commit.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.model.attributes import Attribute, Subject
from engine.model.conditions import Bound, Condition, Conjunction, Matching, Membership, Negation
from engine.verify.context import Check, Context, Holds, Outcome
from engine.verify.fault_report import FaultWords, report
from engine.verify.finding import Finding
from engine.verify.verdict import CoreReason, ReasonKind
from grammar.diagnostics import Severity

_SETTINGS = ("action", "pre-action", "approvals")

UNREVIEWED: Condition = Conjunction(
    (
        Membership(Attribute(Subject.ENVIRONMENT, "kind"), ("prod",)),
        Membership(Attribute(Subject.SETTING, "action"), ("commit",)),
        Negation(Bound(Attribute(Subject.SETTING, "approvals"), ">=", 1)),
        Negation(Matching(Attribute(Subject.SETTING, "pre-action"), ("*",))),
    )
)
"""What V704 looks for: a plain commit to production. `pre-action none` is no workflow and matches no pattern."""

_WORDS = FaultWords(
    "production is changed by a plain commit, which nobody and nothing has looked at, for",
    "a look at what goes to production",
    "set `action pr`, ask for `approvals`, or set a `pre-action` that checks; a `require` makes it a rule",
)


def _run(context: Context) -> Iterator[Outcome]:
    requirements = context.requirements
    reason = CoreReason(ReasonKind.CONDITION, "an unreviewed commit to production")
    found = [requirements.at_step(UNREVIEWED, site, reason) for site in requirements.sites]
    found.append(requirements.for_hands(UNREVIEWED, reason))
    failing = False
    for examined in found:
        outcome = report(context, CHECK, examined, _WORDS, _SETTINGS, f"review of {examined.site.words}")
        if isinstance(outcome, Finding):
            failing = True
            yield outcome
    if not failing:
        yield Holds(CHECK.code, "review of production")


CHECK = Check(
    "V704",
    "unreviewed-production",
    Severity.WARNING,
    "A change reaches production by a commit, with no pull request, no approval and no pre-action before it.",
    _run,
)
