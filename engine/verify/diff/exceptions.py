"""Which better policies take a part of what both winners of a region match: what a reader must know besides them."""

from __future__ import annotations

from collections.abc import Iterable

from engine.model.conditions import ALWAYS, Condition
from engine.resolve.evaluation import evaluate
from engine.verify.diff.boxes import apart
from engine.verify.diff.ranking import Entry, Ranking
from engine.verify.diff.search import Key
from engine.verify.folding import all_of, any_of, negated
from engine.verify.points import Witness
from engine.verify.question import Questions
from engine.verify.verdict import CoreReason, ReasonKind

MOST = 3
"""Names that are given; where there are more, the last one is `MORE`."""

MORE = ""
"""Stands for exceptions that are not named."""

_ASKED = 16
"""Policies that are asked about together; there is no need to know more than a few by name."""

_REASON = CoreReason(ReasonKind.CONDITION, "exception")


def exceptions(
    questions: Questions, outside: Iterable[Condition], old: Ranking, new: Ranking, key: Key
) -> tuple[str, ...]:
    """Return the policies that are better than a region's winners, on their side, and match a part of both.

    Args:
        questions: about the common world.
        outside: conditions that hold for points outside the slice.
        old: who sets the setting before.
        new: who sets it after.
        key: the region.

    Returns:
        At most `MOST` names, the best first, and `MORE` where there are others, or where that was not found out.
    """
    both = all_of((_when(old, key[0]), _when(new, key[1])))
    candidates = {
        entry.name: entry
        for entry in (*_better(old, key[0]), *_better(new, key[1]))
        if entry.name not in key and not apart(both, entry.when)
    }
    left = list(candidates.values())
    if not left:
        return ()
    cut = len(left) > _ASKED
    must = [*(negated(condition) for condition in outside), both]
    found, left = _guessed(questions, must, left[:_ASKED])
    sure = True
    if left and len(found) <= MOST:
        more, sure = _overlapping(questions, must, left)
        found |= more
    names = [entry.name for entry in candidates.values() if entry.name in found]
    return (*names[:MOST], *([MORE] if cut or not sure or len(names) > MOST else []))


def _guessed(questions: Questions, must: list[Condition], left: list[Entry]) -> tuple[set[str], list[Entry]]:
    """Return policies for which a point is quickly guessed, and those for which none is; enough are enough."""
    found: set[str] = set()
    open_: list[Entry] = []
    for entry in left:
        if len(found) > MOST:
            break
        guess = next(questions.finder.candidates([*must, entry.when]), None)
        if guess is None:
            open_.append(entry)
        else:
            found.add(entry.name)
    return found, open_


def _overlapping(questions: Questions, must: list[Condition], left: list[Entry]) -> tuple[set[str], bool]:
    """Return which policies match a point for which some conditions hold, and whether that is sure."""
    from engine.verify.prover import Model, NoModel

    goal = questions.prover.goal(reasons=False)
    for condition in must:
        if condition != ALWAYS:
            goal.require(condition, _REASON)
    found: set[str] = set()
    while left and len(found) <= MOST:
        goal.require(any_of(entry.when for entry in left), _REASON)
        answer = goal.check()
        if not isinstance(answer, Model):
            return found, isinstance(answer, NoModel)
        facts = Witness(answer.product, answer.environment).facts()
        hit = {entry.name for entry in left if evaluate(entry.when, facts)}
        found |= hit
        left = [entry for entry in left if entry.name not in hit]
    return found, True


def _better(ranking: Ranking, name: str | None) -> tuple[Entry, ...]:
    return ranking.entries if name is None else ranking.entries[: ranking.position[name]]


def _when(ranking: Ranking, name: str | None) -> Condition:
    return ALWAYS if name is None else ranking.entries[ranking.position[name]].when
