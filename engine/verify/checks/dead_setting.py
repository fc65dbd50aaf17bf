"""V201: a setting that is never in force, since better policies always come first."""

from __future__ import annotations

from collections.abc import Iterator

from engine.verify.context import Check, Context, Holds, Outcome
from engine.verify.finding import Finding
from engine.verify.verdict import Proved, Refuted, Unknown
from engine.verify.wording import labels_of, named, others
from grammar.diagnostics import Severity


def _run(context: Context) -> Iterator[Outcome]:
    for life in context.life.policies:
        if life.wholly_dead:
            continue
        for setting, verdict in life.settings:
            subject = f"`{setting.name}` of policy `{life.policy.name}`"
            if isinstance(verdict, Refuted):
                yield Holds(CHECK.code, subject)
                continue
            if isinstance(verdict, Unknown):
                yield Finding(
                    CHECK.code,
                    Severity.WARNING,
                    f"whether {subject} is ever in force is not known: {verdict.reason}",
                    subject,
                    setting.span,
                    help="simplify the conditions of the policies that could come before it",
                    verdict=verdict,
                    now=False,
                )
                continue
            assert isinstance(verdict, Proved)
            core = others(verdict.core, life.policy)
            message = f"{subject} is never in force"
            message += f", because of {named(core)}" if core else " among what is declared"
            yield Finding(
                CHECK.code,
                CHECK.severity,
                message,
                subject,
                setting.span,
                labels_of(core, f"comes before `{life.policy.name}`, or narrows what it matches"),
                f"remove `{setting.name}` here, or give `{life.policy.name}` a better priority",
                verdict,
                core=core,
            )


CHECK = Check(
    "V201",
    "dead-setting",
    Severity.WARNING,
    "A setting of a policy that is never in force, because better policies always come first.",
    _run,
)
