"""A setting's policies in both workspaces, best first, and which of them changed.

Policies of both sides with equal conditions are paired, so that the pairs come in the same order on both sides. Where
the values at a point differ, one of the two winners changed: of two winners that are both in unchanged pairs, each is
at least as good as the partner of the other, so they are one pair, with one value. Ties are broken by name, as the
resolver does, so there is always exactly one winner.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from engine.model.conditions import ALWAYS, Condition
from engine.model.entities import Policy, Setting
from engine.model.workspace import PriorityOrder
from engine.resolve.decision import InlineOrigin, PolicyOrigin
from engine.verify.diff.boxes import apart
from engine.verify.diff.region import NOBODY, Winner
from engine.verify.diff.strictness import meaning, same_meaning
from engine.verify.folding import NEVER
from engine.verify.policy_index import PolicyIndex

INLINE = ""
"""Stands for a flow's step among names of policies, none of which is empty."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A policy that sets the setting, or a flow's step that does.

    Attributes:
        name: the policy's name; `INLINE` for a step.
        when: its condition, as far as it is open in the slice.
        rank: of its priority; lower is better.
        winner: what the setting is where this one wins.
    """

    name: str
    when: Condition
    rank: int
    winner: Winner


class Ranking:
    """The policies of one workspace that set a setting.

    Attributes:
        entries: best first; those that can never match in the slice are left out.
        changed: positions of those that are not the same in the other workspace, ascending.
        twins: of those, by position, the position of the one on the other side that differs in nothing but its value.
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        """Take the entries, best first."""
        self.entries = tuple(entries)
        self.position = {entry.name: position for position, entry in enumerate(self.entries)}
        self.changed: tuple[int, ...] = ()
        self.twins: dict[int, int] = {}

    def of(self, name: str | None) -> Winner:
        """Return what the setting is where a policy wins; None is nobody."""
        return NOBODY if name is None else self.entries[self.position[name]].winner


Change = tuple[int | None, int | None]
"""The positions of a change before and after; None where it is on the other side only, else with equal conditions."""


def condition(old: Ranking, new: Ranking, change: Change) -> Condition:
    """Return where a change matches."""
    return next(side.entries[at].when for side, at in zip((old, new), change, strict=True) if at is not None)


def matching(old: Ranking, new: Ranking, changes: Sequence[Change]) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
    """Return what can win before and after at points where one of some changes matches, best first."""
    places = [condition(old, new, change) for change in changes]
    sides = (old.entries, new.entries)
    if len(changes) == 1:
        # What comes after a policy that matches does not win.
        ends = (None if at is None else at + 1 for at in changes[0])
        sides = (old.entries[: next(ends)], new.entries[: next(ends)])
    before, after = (
        tuple(entry for entry in side if not all(apart(entry.when, place) for place in places)) for side in sides
    )
    return before, after


def settings_of(index: PolicyIndex) -> Mapping[str, list[tuple[Policy, Setting]]]:
    """Return the policies that set each setting, best first."""
    found: dict[str, list[tuple[Policy, Setting]]] = {}
    for policy in reversed(index.policies):
        for setting in policy.settings:
            found.setdefault(setting.name, []).append((policy, setting))
    return found


def rankings(
    old: Iterable[tuple[Policy, Setting]],
    new: Iterable[tuple[Policy, Setting]],
    old_order: PriorityOrder,
    new_order: PriorityOrder,
    old_left: Callable[[Condition], Condition],
    new_left: Callable[[Condition], Condition],
    *,
    origins: bool = False,
) -> tuple[Ranking, Ranking]:
    """Return a setting's policies in both workspaces, with what changed.

    Args:
        old: who sets it before, best first.
        new: who sets it after.
        old_order: which priority is better, before.
        new_order: the same after.
        old_left: what is left of a condition in the slice, before.
        new_left: the same after.
        origins: whether another name is a change.
    """
    before, after = _ranking(old, old_order, old_left), _ranking(new, new_order, new_left)
    pairs = _aligned(before, after)
    for one, other in pairs.items():
        was, now = before.entries[one], after.entries[other]
        if not same_meaning(was.winner.value, now.winner.value) or (origins and was.name != now.name):
            before.twins[one], after.twins[other] = other, one
    back = {other: one for one, other in pairs.items()}
    before.changed = tuple(at for at in range(len(before.entries)) if at not in pairs or at in before.twins)
    after.changed = tuple(at for at in range(len(after.entries)) if at not in back or at in after.twins)
    return before, after


def _ranking(
    listed: Iterable[tuple[Policy, Setting]], order: PriorityOrder, left: Callable[[Condition], Condition]
) -> Ranking:
    entries = (
        Entry(
            policy.name,
            left(policy.when),
            order.rank(policy.priority),
            Winner(setting.value, PolicyOrigin(policy.name, policy.priority, setting.span), policy.when),
        )
        for policy, setting in listed
    )
    return Ranking(entry for entry in entries if entry.when != NEVER)


def inline_ranking(flow: str, setting: Setting) -> Ranking:
    """Return a step's own setting as the only one there is: it wins over every policy."""
    winner = Winner(setting.value, InlineOrigin(flow, setting.span))
    found = Ranking((Entry(INLINE, ALWAYS, 0, winner),))
    found.changed = (0,)
    return found


def _aligned(old: Ranking, new: Ranking) -> dict[int, int]:
    """Return pairs of positions with equal conditions whose order is the same on both sides, as many as there can be.

    A policy is paired with the one of its name, or else with the next one that has its condition and its value. Names
    and priorities need not be the same: what counts is who comes before whom.
    """
    free: dict[tuple[Condition, object], list[int]] = {}
    named = {
        entry.name
        for entry in old.entries
        if entry.name in new.position and new.entries[new.position[entry.name]].when == entry.when
    }
    for at in range(len(new.entries) - 1, -1, -1):
        entry = new.entries[at]
        if entry.name not in named:
            free.setdefault((entry.when, meaning(entry.winner.value)), []).append(at)
    wanted: list[tuple[int, int]] = []
    for at, entry in enumerate(old.entries):
        if entry.name in named:
            wanted.append((at, new.position[entry.name]))
        elif found := free.get((entry.when, meaning(entry.winner.value))):
            wanted.append((at, found.pop()))
    return _ascending(wanted)


def _ascending(pairs: list[tuple[int, int]]) -> dict[int, int]:
    """Return a longest choice of pairs in which both numbers ascend; the first ones ascend already. O(n log n)."""
    ends: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for number, (_, other) in enumerate(pairs):
        at = bisect_left(ends, other)
        before.append(last[at - 1] if at else -1)
        if at == len(ends):
            ends.append(other)
            last.append(number)
        else:
            ends[at], last[at] = other, number
    chosen: dict[int, int] = {}
    number = last[-1] if last else -1
    while number >= 0:
        one, other = pairs[number]
        chosen[one] = other
        number = before[number]
    return chosen
