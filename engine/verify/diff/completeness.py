"""Proves that the regions that were found are all: a second opinion on the search, in one question a setting.

Nothing of how the search works is used. Both lists of policies are written out, and the prover is asked for a point
where some changed policy matches and the values differ outside of every region. Where no changed policy matches, the
same values are decided in the same order; so policies that can obviously not match together with a changed one are left
out of both lists.
"""

from __future__ import annotations

from collections.abc import Iterable

from engine.model.conditions import Condition
from engine.verify.diff.ranking import Ranking
from engine.verify.diff.search import Key
from engine.verify.diff.strictness import meaning
from engine.verify.encoding import Encoder, Formula, Variable
from engine.verify.folding import negated
from engine.verify.points import Witness
from engine.verify.question import Questions
from engine.verify.verdict import CoreReason, Proved, ReasonKind, Unknown

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
    checks = prover.checks
    questions.statistics.begin()
    goal = prover.goal()
    for condition in outside:
        goal.require(negated(condition), _REASON)
    goal.require_formula(_difference(prover.encoder, old, new, found), _REASON)
    answer = goal.check()
    questions.statistics.asked(prover.checks - checks)
    questions.statistics.end()
    if isinstance(answer, NoModel):
        return Proved()
    if isinstance(answer, GaveUp):
        return Unknown(answer.reason)
    return Witness(answer.product, answer.environment)


def _difference(encoder: Encoder, old: Ranking, new: Ranking, found: Iterable[Key]) -> Formula:
    """Return that the values differ outside of every region; of hundreds of winners there are few values."""
    old, new = old.touching(new), new.touching(old)
    variables: dict[Variable, None] = {}
    before, opened = _winners(encoder, old, "o", variables)
    after, more = _winners(encoder, new, "n", variables)
    values_after = _by_value(new)
    cases = []
    for value, names in _by_value(old).items():
        same = _any(after[name] for name in values_after.get(value, ()))
        cases.append(f"(and {_any(before[name] for name in names)} (not {same}))")
    regions = [f"(not (and {before[one]} {after[other]}))" for one, other in found]
    touched = _any(f"{side}m{position}" for side, ranking in (("o", old), ("n", new)) for position in ranking.changed)
    body = f"(and {touched} {_any(cases)} {' '.join(regions)} true)"
    return Formula(f"{''.join(opened)}{''.join(more)}{body}{')' * (len(opened) + len(more))}", tuple(variables))


def _winners(
    encoder: Encoder, ranking: Ranking, side: str, variables: dict[Variable, None]
) -> tuple[dict[str | None, str], list[str]]:
    """Return what says that each one wins, and the definitions that it needs, best first."""
    opened: list[str] = []
    says: dict[str | None, str] = {}
    before = "false"
    for position, entry in enumerate(ranking.entries):
        formula = encoder.formula(entry.when)
        variables.update(dict.fromkeys(formula.variables))
        match, wins, taken = (f"{side}{letter}{position}" for letter in "mwb")
        opened.append(f"(let (({match} {formula.text}))")
        opened.append(f"(let (({wins} (and {match} (not {before}))) ({taken} (or {before} {match})))")
        says[entry.name] = wins
        before = taken
    says[None] = f"(not {before})"
    return says, opened


def _by_value(ranking: Ranking) -> dict[object, list[str | None]]:
    """Return who wins with each value."""
    found: dict[object, list[str | None]] = {None: [None]}
    for entry in ranking.entries:
        found.setdefault(meaning(entry.winner.value), []).append(entry.name)
    return found


def _any(texts: Iterable[str]) -> str:
    found = list(texts)
    return found[0] if len(found) == 1 else f"(or {' '.join(found)})" if found else "false"
