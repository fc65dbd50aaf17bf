"""How faults in effective settings are reported, by whatever check found them."""

from __future__ import annotations

from dataclasses import dataclass

from engine.verify.context import Check, Context, Holds, Outcome, later
from engine.verify.finding import Finding
from engine.verify.requirements import Examined
from engine.verify.verdict import Proved, Unknown
from engine.verify.wording import merged_words, whom
from grammar.diagnostics import Label, Severity
from grammar.span import NOWHERE, Span


@dataclass(frozen=True, slots=True)
class FaultWords:
    """The words of a check.

    Attributes:
        message: what is wrong, up to "for ..." and a point.
        wanted: what should be so.
        help: what to do.
    """

    message: str
    wanted: str
    help: str


def report(
    context: Context,
    check: Check,
    examined: Examined,
    words: FaultWords,
    settings: tuple[str, ...],
    subject: str,
    span: Span = NOWHERE,
    labels: tuple[Label, ...] = (),
) -> Outcome:
    """Return what an examined fault comes to.

    Args:
        context: of the verification.
        check: whose code and severity it is.
        examined: what was found out.
        words: how it is said.
        settings: those whose effective values the message shows.
        subject: what it is about.
        span: where it is reported; nowhere for the step, or else the setting that is wrong.
        labels: further places.
    """
    verdict, site = examined.verdict, examined.site
    if isinstance(verdict, Proved):
        return Holds(check.code, subject, verdict.core)
    here = span if span != NOWHERE or site.step is None else site.step.span
    if isinstance(verdict, Unknown):
        return Finding(
            check.code,
            Severity.WARNING,
            f"whether there is always {words.wanted} in {site.words} is not known: {verdict.reason}",
            subject,
            here,
            labels,
            words.help,
            verdict,
            False,
        )
    witness = verdict.witness
    shown, origins = merged_words(context.questions.resolver, witness, site.place.inline, settings)
    more = f", and for {examined.count - 1} more" if examined.count > 1 else ""
    if here == NOWHERE and origins:
        here, origins = origins[0].span, origins[1:]
    return Finding(
        check.code,
        later(check.severity, examined.now),
        f"{words.message} {whom(witness, examined.now)}{more}{f': {shown}' if shown else ''}",
        subject,
        here,
        (*labels, *origins),
        words.help,
        verdict,
        examined.now,
        witness,
    )
