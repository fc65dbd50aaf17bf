"""Shortens the parser's tables: what a state does whatever comes next, it need not wait for.

A state in which every word leads to the same rule of one symbol is passed over: whoever would go there goes at once
where that rule leads. Good texts give the same nodes as with the tables as they are. A bad text stops at the same
word, but in another state, so what is to be explained is parsed with the tables as they are.
"""

from __future__ import annotations

from typing import NamedTuple

from grammar.parsing.tables import Tables


class Leap(NamedTuple):
    """A shift and, at once, the reduction by a rule whose only symbol is the word.

    Attributes:
        rule: the index of the rule.
        state: the state after both.
    """

    rule: int
    state: int


class Shortcuts(NamedTuple):
    """What a driver goes by.

    Attributes:
        actions: as in `Tables`; an action of ``len(actions)`` or more is a leap.
        gotos: as in `Tables`.
        leaps: by action - ``len(actions)``.
    """

    actions: list[dict[str, int]]
    gotos: list[dict[str, int]]
    leaps: list[Leap]


def shortened(tables: Tables) -> Shortcuts:
    """Return the way through the tables with every shortcut there is."""
    return _Shortening(tables).shortcuts()


def unshortened(tables: Tables) -> Shortcuts:
    """Return the way through the tables as they are."""
    return Shortcuts(tables.actions, tables.gotos, [])


class _Shortening:
    """The making of shortcuts."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._sole = [self._sole_rule(actions) for actions in tables.actions]
        self._leaps: dict[Leap, int] = {}

    def shortcuts(self) -> Shortcuts:
        tables = self._tables
        actions = [
            {word: action if action < 0 else self._shift(state, action) for word, action in row.items()}
            for state, row in enumerate(tables.actions)
        ]
        gotos = [
            {origin: self._passed(state, target) for origin, target in row.items()}
            for state, row in enumerate(tables.gotos)
        ]
        return Shortcuts(actions, gotos, list(self._leaps))

    def _sole_rule(self, actions: dict[str, int]) -> int | None:
        """Return the rule of one symbol that a state reduces by whatever comes; None where there is a choice."""
        found = set(actions.values())
        rule = -1 - found.pop() if len(found) == 1 else -1
        return rule if rule >= 0 and self._tables.rules[rule].length == 1 else None

    def _shift(self, state: int, target: int) -> int:
        """Return the action that takes the place of a shift from one state to another."""
        target = self._passed(state, target)
        rule = self._sole[target]
        if rule is None or not self._tables.rules[rule].name:
            return target
        leap = Leap(rule, self._passed(state, self._tables.gotos[state][self._tables.rules[rule].origin]))
        return len(self._tables.actions) + self._leaps.setdefault(leap, len(self._leaps))

    def _passed(self, state: int, target: int) -> int:
        """Return where one gets from a state by way of another, past all that only pass their symbol on."""
        rules = self._tables.rules
        while (rule := self._sole[target]) is not None and rules[rule].passing:
            target = self._tables.gotos[state][rules[rule].origin]
        return target
