"""V202: a policy none of whose settings is ever in force."""

from __future__ import annotations

from collections.abc import Iterator

from engine.verify.context import Check, Context, Holds, Outcome
from engine.verify.finding import Finding
from engine.verify.verdict import Proved, Refuted
from engine.verify.wording import labels_of, named, others
from grammar.diagnostics import Severity


def _run(context: Context) -> Iterator[Outcome]:
    for life in context.life.policies:
        name = life.policy.name
        if not life.settings:
            continue
        if not life.wholly_dead:
            if any(isinstance(verdict, Refuted) for _, verdict in life.settings):
                yield Holds(CHECK.code, f"policy `{name}`")
            continue
        core = others((reason for _, verdict in life.dead for reason in verdict.core), life.policy)
        because = f", because of {named(core)}" if core else " among what is declared"
        yield Finding(
            CHECK.code,
            CHECK.severity,
            f"policy `{name}` never decides anything{because}",
            f"policy `{name}`",
            life.policy.span,
            labels_of(core, f"comes before `{name}`, or narrows what it matches"),
            "remove it, or give it a better priority",
            Proved(core),
            core=core,
        )


CHECK = Check(
    "V202",
    "dead-policy",
    Severity.WARNING,
    "A policy that never decides anything, because better policies always come first.",
    _run,
)
