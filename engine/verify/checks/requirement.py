"""V401: a `require` that does not hold for everything it is about."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from engine.model.conditions import Condition, Conjunction, PassedThrough, atoms
from engine.model.entities import Require
from engine.verify.by_hand import BY_HAND_HELP, asked_by_hand, asks_passed
from engine.verify.context import Check, Context, Holds, Outcome
from engine.verify.domination import Roads
from engine.verify.fault_report import FaultWords, report
from engine.verify.finding import Finding
from engine.verify.folding import negated
from engine.verify.requirements import Site
from engine.verify.verdict import CoreReason, ReasonKind
from engine.verify.wording import settings_asked
from grammar.diagnostics import Label, Severity
from grammar.vocabulary import listing


def _run(context: Context) -> Iterator[Outcome]:
    for require in context.questions.workspace.requires.values():
        yield from outcomes(context, require)


def outcomes(context: Context, require: Require) -> Iterator[Outcome]:
    """Yield the findings about one requirement, at each site where it fails; or that it holds everywhere.

    A site is examined when it is its turn, so who wants to know only whether it fails can stop at the first.
    """
    requirements = context.requirements
    reason = CoreReason(ReasonKind.REQUIRE, require.name, require.span)
    title = f" ({require.title})" if require.title else ""
    words = FaultWords(
        f"requirement `{require.name}`{title} does not hold for",
        f"what requirement `{require.name}` demands",
        BY_HAND_HELP if asks_passed(require.that) else "change what decides here, or the requirement",
    )
    settings = settings_asked(require.that)
    steps = (requirements.at_step(fault(require), site, reason) for site in requirements.sites)
    hands = (requirements.for_hands(fault(found, by_hand=True), reason) for found in (require,))
    failing = False
    core: dict[CoreReason, None] = {}
    for examined in chain(steps, hands):
        subject = f"requirement `{require.name}` for {examined.site.words}"
        labels = _labels(requirements.roads, require, examined.site)
        outcome = report(context, CHECK, examined, words, settings, subject, require.span, labels)
        if isinstance(outcome, Finding):
            failing = True
            yield outcome
        else:
            core.update(dict.fromkeys(outcome.core))
    if not failing:
        yield Holds(CHECK.code, f"requirement `{require.name}`", tuple(sorted(core, key=str)))


def _labels(roads: Roads, require: Require, site: Site) -> tuple[Label, ...]:
    """Return a label at the step a requirement fails in, and what has not certainly been passed there."""
    if site.step is None or site.flow is None:
        return ()
    asked = dict.fromkeys(atom.environment for atom in atoms(require.that) if isinstance(atom, PassedThrough))
    missed = [name for name in asked if name not in site.place.passed]
    if not missed:
        return (Label(site.step.span, "in this step"),)
    named = listing([f"`{name}`" for name in missed])
    road = roads.avoiding(site.step.environment, site.flow.name, missed[0])
    how = "" if road is None else f": {road.words()}"
    return (Label(site.step.span, f"in this step, which a change can reach without {named}{how}"),)


def fault(require: Require, *, by_hand: bool = False) -> Condition:
    """Return what must never come about: the `when` holds and the `that` does not."""
    that = asked_by_hand(require.that) if by_hand else require.that
    return Conjunction((require.when, negated(that)))


CHECK = Check(
    "V401",
    "requirement",
    Severity.ERROR,
    "A requirement fails for some product, environment and flow.",
    _run,
)
