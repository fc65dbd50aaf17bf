"""V302: `action none` leaves the work to a pre-action, and there is none. Source: domain, promotion policy."""

from __future__ import annotations

from collections.abc import Iterator

from engine.model.attributes import Attribute, Subject
from engine.model.conditions import Conjunction, Matching, Membership, Negation
from engine.model.values import Action
from engine.verify.context import Check, Context, Outcome
from engine.verify.fault_report import FaultWords, report
from engine.verify.verdict import CoreReason, ReasonKind
from grammar.diagnostics import Severity

NOBODY_WORKS = Conjunction(
    (
        Membership(Attribute(Subject.SETTING, "action"), (Action.NONE.value,)),
        Negation(Matching(Attribute(Subject.SETTING, "pre-action"), ("*",))),
    )
)
"""The action is `none`, and no workflow runs before it; `pre-action none` is no workflow either."""


def _run(context: Context) -> Iterator[Outcome]:
    requirements = context.requirements
    for site in requirements.sites:
        assert site.flow is not None
        reason = CoreReason(ReasonKind.FLOW, site.flow.name, site.flow.span)
        yield report(context, CHECK, requirements.at_step(NOBODY_WORKS, site, reason), _WORDS, _SETTINGS, site.words)
    reason = CoreReason(ReasonKind.CONDITION, "action none without a pre-action")
    yield report(context, CHECK, requirements.for_hands(NOBODY_WORKS, reason), _WORDS, _SETTINGS, "a promotion by hand")


_SETTINGS = ("action", "pre-action")
_WORDS = FaultWords(
    "the action is `none` and no pre-action does the work for",
    "a pre-action wherever the action is `none`",
    "set a `pre-action`, or another `action`",
)

CHECK = Check(
    "V302",
    "none-without-pre-action",
    Severity.ERROR,
    "The action is `none` and there is no pre-action to do the work.",
    _run,
)
