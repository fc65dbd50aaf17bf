"""Proves that the regions that were found are all: a second opinion on the search, in one question for each change.

Nothing of how the search works is used. For each changed policy both lists of policies are written out, and the
prover is asked for a point where it matches and the values differ outside of every region. Where no changed policy
matches, the same values are decided in the same order. Policies that can obviously not match together with the changed
one are left out of both lists, and so are those that come after it on its own side, since it matches. Where many
changed, there is one question about all of them, for which nothing is left out but what touches none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine.model.conditions import ALWAYS, Condition
from engine.verify.diff.ranking import Change, Entry, Ranking, condition, matching
from engine.verify.diff.search import Key
from engine.verify.diff.strictness import meaning
from engine.verify.encoding import Encoder, Formula, Variable
from engine.verify.folding import negated
from engine.verify.points import Witness
from engine.verify.question import Questions
from engine.verify.verdict import CoreReason, Proved, ReasonKind, Unknown

_ONE_BY_ONE = 12
"""Changes that are asked about one by one; more of them are asked about together."""

_REASON = CoreReason(ReasonKind.CONDITION, "difference")


def complete(
    questions: Questions,
    outside: Iterable[Condition],
    old: Ranking,
    new: Ranking,
    found: Iterable[Key],
) -> Proved | Unknown | Witness:
    """Say whether the values differ nowhere but in some regions.

    Args:
        questions: about the common world.
        outside: conditions that hold for points that are not asked about.
        old: who sets the setting before.
        new: who sets it after.
        found: the regions, by the names of the winners.

    Returns:
        The proof, that there is none, or a point that lies in no region.
    """
    from engine.verify.prover import GaveUp, NoModel

    prover = questions.prover
    outside, found = tuple(outside), tuple(found)
    for group in _groups(old, new):
        checks = prover.checks
        questions.statistics.begin()
        goal = prover.goal(reasons=False)
        for elsewhere in outside:
            goal.require(negated(elsewhere), _REASON)
        goal.require_formula(_difference(prover.encoder, old, new, group, found), _REASON)
        answer = goal.check()
        questions.statistics.asked(prover.checks - checks)
        questions.statistics.end()
        if isinstance(answer, GaveUp):
            return Unknown(answer.reason)
        if not isinstance(answer, NoModel):
            return Witness(answer.product, answer.environment)
    return Proved()


def _groups(old: Ranking, new: Ranking) -> list[list[Change]]:
    """Return what changed, as far as it is asked about together; none of it is left out."""
    changes = list(_changes(old, new))
    for change in changes:
        if condition(old, new, change) == ALWAYS:
            # Wherever another one matches this one does.
            return [[change]]
    return [[change] for change in changes] if len(changes) <= _ONE_BY_ONE else [changes]


def _changes(old: Ranking, new: Ranking) -> Iterator[Change]:
    """Yield what changed: two with one condition that say they are a pair are one change."""
    paired = set()
    for position in old.changed:
        other = old.twins.get(position)
        if (
            other is not None
            and new.twins.get(other) == position
            and old.entries[position].when == new.entries[other].when
        ):
            paired.add(other)
            yield position, other
        else:
            yield position, None
    for position in new.changed:
        if position not in paired:
            yield None, position


def _difference(encoder: Encoder, old: Ranking, new: Ranking, changes: list[Change], found: Iterable[Key]) -> Formula:
    """Return that some change matches and the values differ outside of every region.

    Of hundreds of winners there are few values.
    """
    variables: dict[Variable, None] = {}
    old_left, new_left = matching(old, new, changes)
    before, opened = _winners(encoder, old_left, "o", variables)
    after, more = _winners(encoder, new_left, "n", variables)
    values_after = _by_value(new_left)
    cases = []
    for value, names in _by_value(old_left).items():
        same = _any(after[name] for name in values_after.get(value, ()))
        cases.append(f"(and {_any(before[name] for name in names)} (not {same}))")
    # A region whose winners are left out has no point where a change matches.
    regions = [f"(not (and {before[one]} {after[other]}))" for one, other in found if one in before and other in after]
    touched = []
    for change in changes:
        formula = encoder.formula(condition(old, new, change))
        variables.update(dict.fromkeys(formula.variables))
        touched.append(formula.text)
    body = f"(and {_any(touched)} {_any(cases)} {' '.join(regions)})"
    return Formula(f"{''.join(opened)}{''.join(more)}{body}{')' * (len(opened) + len(more))}", tuple(variables))


def _winners(
    encoder: Encoder, entries: Iterable[Entry], side: str, variables: dict[Variable, None]
) -> tuple[dict[str | None, str], list[str]]:
    """Return what says that each one wins, and the definitions that it needs, best first."""
    opened: list[str] = []
    says: dict[str | None, str] = {}
    before = "false"
    for position, entry in enumerate(entries):
        formula = encoder.formula(entry.when)
        variables.update(dict.fromkeys(formula.variables))
        match, wins, taken = (f"{side}{letter}{position}" for letter in "mwb")
        opened.append(f"(let (({match} {formula.text}))")
        opened.append(f"(let (({wins} (and {match} (not {before}))) ({taken} (or {before} {match})))")
        says[entry.name] = wins
        before = taken
    says[None] = f"(not {before})"
    return says, opened


def _by_value(entries: Iterable[Entry]) -> dict[object, list[str | None]]:
    """Return who wins with each value."""
    found: dict[object, list[str | None]] = {None: [None]}
    for entry in entries:
        found.setdefault(meaning(entry.winner.value), []).append(entry.name)
    return found


def _any(texts: Iterable[str]) -> str:
    found = list(texts)
    return found[0] if len(found) == 1 else f"(or {' '.join(found)})" if found else "false"
