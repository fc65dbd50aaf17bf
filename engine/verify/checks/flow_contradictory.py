"""V602: a product's flow whose condition no commit can fit. Source: domain, triggering."""

from __future__ import annotations

from collections.abc import Iterator

from engine.model.conditions import Always
from engine.verify.context import Check, Context, Holds, Outcome
from engine.verify.finding import Finding
from engine.verify.product_triggers import Trigger
from engine.verify.triggers import Contradictory, Undecided
from engine.verify.verdict import CoreReason, Proved, ReasonKind
from grammar.diagnostics import Label, Severity


def _run(context: Context) -> Iterator[Outcome]:
    for trigger in context.triggers:
        if isinstance(trigger.outcome, Contradictory):
            yield _contradictory(trigger, trigger.outcome)
        elif not isinstance(trigger.outcome, Undecided):
            yield Holds(CHECK.code, trigger.subject)


def _contradictory(trigger: Trigger, outcome: Contradictory) -> Finding:
    spans = tuple(dict.fromkeys(part.span for part in outcome.parts if not isinstance(part, Always)))
    other = "other" if len(spans) == 2 else "others"
    core = tuple(CoreReason(ReasonKind.CONDITION, str(number + 1), span) for number, span in enumerate(spans))
    return Finding(
        CHECK.code,
        CHECK.severity,
        f"{trigger.words} can never run: no commit fits its condition",
        trigger.subject,
        trigger.use.span,
        tuple(Label(span, f"not together with the {other}") for span in spans) if len(spans) > 1 else (),
        "a commit has one message and one author, and each of its branches is a revision too; correct the condition",
        Proved(core),
        core=core,
    )


CHECK = Check(
    "V602",
    "contradictory-trigger",
    Severity.ERROR,
    "A product's flow whose condition no commit can ever fit.",
    _run,
)
