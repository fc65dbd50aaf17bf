"""V601: a product's flow that never runs, because flows before it take every commit. Source: domain, triggering."""

from __future__ import annotations

from collections.abc import Iterator

from engine.verify.context import Check, Context, Holds, Outcome
from engine.verify.finding import Finding
from engine.verify.product_triggers import Trigger
from engine.verify.triggers import Contradictory, Runs, Taken, Undecided
from engine.verify.verdict import CoreReason, Proved, ReasonKind, Unknown
from grammar.diagnostics import Label, Severity
from grammar.vocabulary import listing


def _run(context: Context) -> Iterator[Outcome]:
    for trigger in context.triggers:
        match trigger.outcome:
            case Runs():
                yield Holds(CHECK.code, trigger.subject)
            case Taken(by):
                yield _shadowed(trigger, by)
            case Undecided(reason):
                yield _undecided(trigger, reason)
            case Contradictory():
                pass  # V602 says so


def _shadowed(trigger: Trigger, by: tuple[int, ...]) -> Finding:
    use = trigger.use
    takers = [trigger.rivals[number] for number in by]
    names = listing([f"`{taker.flow}`" for taker in takers], "and")
    verb = "takes" if len(takers) == 1 else "together take"
    core = tuple(CoreReason(ReasonKind.FLOW, taker.flow, taker.span) for taker in takers)
    return Finding(
        CHECK.code,
        CHECK.severity,
        f"{trigger.words} never runs: {names} before it {verb} every commit it would match",
        trigger.subject,
        use.span,
        tuple(Label(taker.span, "tried before it") for taker in takers),
        f"flows are tried from top to bottom: move `{use.flow}` up, or narrow what stands before it",
        Proved(core),
        core=core,
    )


def _undecided(trigger: Trigger, reason: str) -> Finding:
    return Finding(
        CHECK.code,
        Severity.WARNING,
        f"whether {trigger.words} can ever run is not known: {reason}",
        trigger.subject,
        trigger.use.span,
        help="make the patterns of its condition, and of those before it, simpler",
        verdict=Unknown(reason),
    )


CHECK = Check(
    "V601",
    "shadowed-flow",
    Severity.ERROR,
    "A product's flow that never runs, because flows that are tried before it take every commit.",
    _run,
)
