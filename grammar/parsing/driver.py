"""The parser's loop: reads words, shifts and reduces by lark's tables, and makes nodes while it goes."""

from __future__ import annotations

from collections.abc import Mapping
from sys import intern
from typing import Any, NamedTuple

from grammar.parsing.lexer import REFERENCE, SCAN, SIGN, SIGNS, STRING, WORD, literal_of
from grammar.parsing.reducing import Maker, reducer
from grammar.parsing.tables import END, Tables
from grammar.parsing.token import Token


class Stop(NamedTuple):
    """Where and in which state the parser stopped at something that cannot stand there.

    Attributes:
        offset: 0-based offset in the parsed text.
        states: the stack of states.
        values: the stack of finished nodes, lists and tokens.
        at_end: whether it is the end of the text that cannot stand there.
    """

    offset: int
    states: tuple[int, ...]
    values: tuple[Any, ...]
    at_end: bool


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

    def __init__(self, tables: Tables, makers: Mapping[str, Maker], depth: int, longest: int) -> None:
        """Join the tables with the functions that make nodes.

        Args:
            tables: of the grammar.
            makers: by the rule's name; rules that only pass on a child or a list need none.
            depth: how many unfinished symbols may be open at once: it bounds memory for hostile texts.
            longest: how many elements a list may have, for the same reason.
        """
        self._tables = tables
        self._depth = depth
        self._longest = longest
        self._passing = {
            -1 - number: rule.origin for number, rule in enumerate(tables.rules) if rule.single and rule.length == 1
        }
        self._reducers = [(rule.origin, reducer(rule, makers.get(rule.name))) for rule in tables.rules]

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
        actions, gotos, _, first_state, end_state, keywords = self._tables
        scan, token, reducers, passing = SCAN.match, tuple.__new__, self._reducers, self._passing
        depth, longest = self._depth, self._longest
        states, values = [first_state], list[Any]()
        position = 1 if base == 0 and text.startswith("\ufeff") else 0
        while True:
            accepted = actions[states[-1]]
            match = scan(text, position)
            assert match is not None, "the expression matches the empty text"
            group = match.lastindex
            position = match.end()
            if group == SIGN or group == STRING:
                word = match[group]
                start, kind = position - len(word), SIGNS.get(word, "STRING")
            elif group is None:
                word, start, kind = "", position, END if position == len(text) else ""
            else:
                # Words come again and again: one object for each makes the tree, and its entry in the cache, smaller.
                word, start = intern(match[WORD]), match.start(WORD)
                if group == REFERENCE and "PATH" in accepted and word[0] >= "A" and ":" not in word:
                    word, kind = text[start:position], "PATH"
                else:
                    position = start + len(word)
                    keyword = keywords.get(word, "")
                    kind = keyword if keyword in accepted else literal_of(word, accepted)
            action = accepted.get(kind)
            while action is not None and action < 0:
                if action in passing:
                    origin = passing[action]
                    states.pop()
                else:
                    origin, reduce = reducers[-1 - action]
                    if reduce(context, states, values) > longest:
                        raise LimitError("elements", base + start, base + position)
                # A child that stands for its parent changes nothing but the state: all such steps are one.
                below = gotos[states[-1]]
                action = actions[state := below[origin]].get(kind)
                while action in passing:
                    action = actions[state := below[passing[action]]].get(kind)
                if state == end_state and kind == END:
                    return values[-1]
                states.append(state)
            if action is None:
                raise StoppedError(Stop(start, tuple(states), tuple(values), kind == END))
            if len(states) >= depth:
                raise LimitError("nesting", base + start, base + position)
            states.append(action)
            values.append(token(Token, (kind, word, base + start, base + position)))


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
