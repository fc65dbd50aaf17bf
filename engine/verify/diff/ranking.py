"""A setting's policies in both workspaces, best first, and which of them changed.

Where the values at a point differ, one of the two winners changed: of two unchanged winners each is at least as
good as the other, so they are the same policy with the same value. Ties are broken by name, as the resolver does,
so there is always exactly one winner.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from engine.model.conditions import ALWAYS, Condition
from engine.model.entities import Policy, Setting
from engine.model.workspace import PriorityOrder
from engine.resolve.decision import InlineOrigin, PolicyOrigin
from engine.verify.diff.boxes import apart
from engine.verify.diff.region import NOBODY, Winner
from engine.verify.diff.strictness import same_meaning
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

    def same(self, other: Entry | None) -> bool:
        """Say whether nothing about it changed that can matter here."""
        return (
            other is not None
            and self.rank == other.rank
            and (self.when is other.when or self.when == other.when)
            and same_meaning(self.winner.value, other.winner.value)
        )


class Ranking:
    """The policies of one workspace that set a setting.

    Attributes:
        entries: best first; those that can never match in the slice are left out.
        changed: positions of those that are not the same in the other workspace, ascending.
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        """Take the entries, best first."""
        self.entries = tuple(entries)
        self.position = {entry.name: position for position, entry in enumerate(self.entries)}
        self.changed: tuple[int, ...] = ()

    def touching(self, other: Ranking) -> Ranking:
        """Return what is left without the policies that obviously match nowhere where a changed one does."""
        changed = [ranking.entries[at].when for ranking in (self, other) for at in ranking.changed]
        kept = [
            entry
            for position, entry in enumerate(self.entries)
            if position in self.changed or not all(apart(entry.when, condition) for condition in changed)
        ]
        found = Ranking(kept)
        names = {self.entries[at].name for at in self.changed}
        found.changed = tuple(at for at, entry in enumerate(kept) if entry.name in names)
        return found

    def of(self, name: str | None) -> Winner:
        """Return what the setting is where a policy wins; None is nobody."""
        return NOBODY if name is None else self.entries[self.position[name]].winner


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
) -> tuple[Ranking, Ranking]:
    """Return a setting's policies in both workspaces, with what changed.

    Args:
        old: who sets it before, best first.
        new: who sets it after.
        old_order: which priority is better, before.
        new_order: the same after.
        old_left: what is left of a condition in the slice, before.
        new_left: the same after.
    """
    before, after = _ranking(old, old_order, old_left), _ranking(new, new_order, new_left)
    before.changed = _changed(before, after)
    after.changed = _changed(after, before)
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


def _changed(one: Ranking, other: Ranking) -> tuple[int, ...]:
    found = []
    for position, entry in enumerate(one.entries):
        at = other.position.get(entry.name)
        if not entry.same(None if at is None else other.entries[at]):
            found.append(position)
    return tuple(found)
