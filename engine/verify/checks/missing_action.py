"""V301: a step of a flow for which no policy says what to do. Source: domain, promotion policy."""

from __future__ import annotations

from collections.abc import Iterator

from engine.model.attributes import Attribute, Subject
from engine.model.conditions import Membership, Negation
from engine.model.values import Action
from engine.verify.context import Check, Context, Outcome
from engine.verify.fault_report import FaultWords, report
from engine.verify.verdict import CoreReason, ReasonKind
from grammar.diagnostics import Severity

NO_ACTION = Negation(Membership(Attribute(Subject.SETTING, "action"), tuple(action.value for action in Action)))
"""Nothing sets an action."""


def _run(context: Context) -> Iterator[Outcome]:
    requirements = context.requirements
    for site in requirements.sites:
        assert site.flow is not None
        reason = CoreReason(ReasonKind.FLOW, site.flow.name, site.flow.span)
        examined = requirements.at_step(NO_ACTION, site, reason)
        yield report(context, CHECK, examined, _WORDS, ("action",), site.words)


_WORDS = FaultWords(
    "nothing says what to do for",
    "a policy with an action",
    "add a policy with `action` that matches, or set `action` in the step",
)

CHECK = Check(
    "V301",
    "missing-action",
    Severity.ERROR,
    "A pair that a flow reaches, for which no policy and no step sets an action.",
    _run,
)
