"""V102: the pairs of V101 are all there are. A proof, reported only where it fails.

V101 looks at pairs of policies that are not plainly apart. That the others are apart is proved here: for each
priority and setting, no point is matched by two policies with different values besides the pairs looked at.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.verify.context import Check, Context, Holds, Outcome
from engine.verify.finding import Finding
from engine.verify.remaining import prove_no_others
from engine.verify.verdict import Proved, Refuted
from engine.verify.wording import whom
from grammar.diagnostics import Severity


def _run(context: Context) -> Iterator[Outcome]:
    policies = context.questions.index.policies
    for tier in context.ambiguities.tiers:
        first = policies[tier.policies[0]]
        subject = f"`{tier.setting}` at priority {first.priority}"
        verdict = prove_no_others(context.questions, context.ambiguities, tier)
        if isinstance(verdict, Proved):
            yield Holds(CHECK.code, subject)
            continue
        if isinstance(verdict, Refuted):
            message = (
                f"{subject} is ambiguous for {whom(verdict.witness, verdict.witness.declared)} besides what V101 found"
            )
        else:
            message = f"whether {subject} can be ambiguous besides what V101 found is not known: {verdict.reason}"
        yield Finding(
            CHECK.code,
            Severity.ERROR if isinstance(verdict, Refuted) else Severity.WARNING,
            message,
            subject,
            first.span,
            help="spread the policies over more priorities, or simplify their conditions",
            verdict=verdict,
            now=False,
            witness=verdict.witness if isinstance(verdict, Refuted) else None,
        )


CHECK = Check(
    "V102",
    "no-further-ambiguity",
    Severity.ERROR,
    "There is no ambiguous merge besides those that were found.",
    _run,
)
