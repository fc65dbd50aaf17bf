"""The parser's loop: reads words, shifts and reduces by lark's tables, and makes nodes while it goes."""

from __future__ import annotations

from collections.abc import Mapping
from sys import intern
from typing import Any, NamedTuple

from grammar.limits import Limits
from grammar.parsing.lexer import SCAN, SIGN, SIGNS, STRING, WORD, is_reference, literal_of
from grammar.parsing.reducing import Maker, OverlongError, last, reducer
from grammar.parsing.shortcuts import shortened, unshortened
from grammar.parsing.tables import END, Tables


class Stop(NamedTuple):
    """Where and in which state the parser stopped at something that cannot stand there.

    Attributes:
        offset: 0-based offset in the parsed text.
        states: the stack of states.
        values: the stack of finished nodes, lists and plain tokens.
        at_end: whether it is the end of the text that cannot stand there.
    """

    offset: int
    states: tuple[int, ...]
    values: tuple[Any, ...]
    at_end: bool


_Meaning = tuple[str, str, int]
"""What a word is in one state of the parser: the terminal, empty if it is none; the word itself; and what the parser
does then, which is to stop where the terminal cannot stand there. A plain tuple is taken apart quicker."""

_Meanings = dict[str, _Meaning]
"""By word."""


class StoppedError(Exception):
    """The text is not of the language; ``stop`` says where."""

    def __init__(self, stop: Stop) -> None:
        super().__init__("syntax")
        self.stop = stop


class LimitError(Exception):
    """A limit is exceeded.

    Attributes:
        limit: the name of the field of `Limits`.
        start: offset in the source of where.
        end: offset past it.
    """

    def __init__(self, limit: str, start: int = 0, end: int = 0) -> None:
        super().__init__(limit)
        self.limit = limit
        self.start = start
        self.end = end


class Driver:
    """An LALR(1) parser for one set of tables; it keeps nothing between texts, so that threads may share it."""

    def __init__(self, tables: Tables, makers: Mapping[str, Maker], limits: Limits, *, explicable: bool = True) -> None:
        """Join the tables with the functions that make nodes.

        Args:
            tables: of the grammar.
            makers: by the rule's name; rules that only pass on a child or a list need none.
            limits: how deep a text may be nested and how long its lists may be. A level of nesting has at most a dozen
                unfinished symbols.
            explicable: whether a `Stop` is to be explained. One that is not comes of a quicker way, and its states
                and values tell little; see `shortcuts`.
        """
        self._tables = tables
        self._depth = 12 * limits.nesting + 64
        self._way = unshortened(tables) if explicable else shortened(tables)
        self._leaps = [(makers[tables.rules[leap.rule].name], leap.state) for leap in self._way.leaps]
        reducers = [
            (
                reducer(rule, makers.get(rule.name), limits.elements),
                None if rule.length == 1 else last(rule.length),
                rule.origin,
            )
            for rule in tables.rules
        ]
        self._stop = len(self._way.actions) + len(self._leaps)
        fixed = [*tables.keywords.items(), *SIGNS.items()]
        self._known = [
            {word: (kind, word, row[kind]) for word, kind in fixed if kind in row} for row in self._way.actions
        ]
        # An action below zero is an index from the end.
        self._reducers = reducers[::-1]

    def parse(self, text: str, base: int, context: object) -> Any:
        """Parse a text.

        Args:
            text: the whole text.
            base: offset of its first character in the source, added to every token's place.
            context: what the makers get.

        Returns:
            The children of the first rule. Cost: O(length).

        Raises:
            StoppedError: at the first thing that cannot stand where it does.
            LimitError: when too much is open at once, or a list is too long.
        """
        actions, gotos, _ = self._way
        known, reducers, leaps = self._known.copy(), self._reducers, self._leaps
        depth, leap, stop = self._depth, len(actions), self._stop
        state = self._tables.start
        states, values = [state], list[Any]()
        position = 1 if base == 0 and text.startswith("\ufeff") else 0
        scan = SCAN.finditer(text, position).__next__
        start = position
        while len(states) <= depth:
            match = scan()
            group = match.lastindex
            position = match.end()
            if group == WORD or group == SIGN:
                word = match[group]
                start = position - len(word)
                kind, word, action = known[state].get(word) or self._learned(known, state, word)
            elif group is None:
                word, start, kind = "", position, _nothing(text, position)
                action = actions[state].get(kind, stop)
            elif group == STRING:
                word, kind = match[group], "STRING"
                start, action = position - len(word), actions[state].get(kind, stop)
            elif "PATH" in actions[state] and is_reference(match):
                start, kind = match.start(WORD), "PATH"
                word, action = text[start:position], actions[state][kind]
            else:
                # What looks like the rest of a reference is something else, such as the list in `in["a"]`.
                word, start, position = match[WORD], *match.span(WORD)
                scan = SCAN.finditer(text, position).__next__
                kind, word, action = known[state].get(word) or self._learned(known, state, word)
            try:
                while action < 0:
                    reduce, taken, origin = reducers[action]
                    if reduce is not None:
                        reduce(context, values)
                    if taken is None:
                        state = states[-1] = gotos[states[-2]][origin]
                    else:
                        del states[taken]
                        state = gotos[states[-1]][origin]
                        states.append(state)
                    action = actions[state].get(kind, stop)
            except OverlongError:
                raise LimitError("elements", base + start, base + position) from None
            if action < leap:
                values.append((kind, word, base + start, base + position))
                states.append(action)
                state = action
            elif action < stop:
                make, state = leaps[action - leap]
                values.append(make(context, ((kind, word, base + start, base + position),)))
                states.append(state)
            else:
                return self._ended(Stop(start, tuple(states), tuple(values), kind == END))
        raise LimitError("nesting", base + start, base + position)

    def _learned(self, known: list[_Meanings], state: int, word: str) -> _Meaning:
        """Return what a word means in a state that it was not met in before, and add that to what is known."""
        if known[state] is self._known[state]:  # which is shared by all texts
            known[state] = known[state].copy()
        accepted = self._way.actions[state]
        kind = SIGNS.get(word) or literal_of(word, accepted)
        # Words come again and again: one object for each makes the tree, and its entry in the cache, smaller.
        learned = known[state][word] = (kind, intern(word), accepted.get(kind, self._stop))
        return learned

    def _ended(self, stop: Stop) -> Any:
        """Return what the whole text made where it ends well; raises otherwise."""
        if stop.at_end and stop.states[-1] == self._tables.end:
            return stop.values[-1]
        raise StoppedError(stop)


def _nothing(text: str, position: int) -> str:
    """Return the terminal of a place where no word begins: the end, or none."""
    return END if position == len(text) else ""


def acceptable(tables: Tables, stop: Stop) -> set[str]:
    """Return the terminals with which the text could have gone on. Cost: O(terminals * stack)."""
    return {terminal for terminal in tables.actions[stop.states[-1]] if _shifts(tables, stop.states, terminal)}


def _shifts(tables: Tables, stack: tuple[int, ...], terminal: str) -> bool:
    """Say whether the reductions that a terminal sets off end with the terminal itself."""
    states = list(stack)
    while True:
        action = tables.actions[states[-1]].get(terminal)
        if action is None:
            return False
        if action >= 0:
            return True
        rule = tables.rules[-1 - action]
        if rule.length:
            del states[-rule.length :]
        states.append(tables.gotos[states[-1]][rule.origin])
        if states[-1] == tables.end:
            return terminal == END
