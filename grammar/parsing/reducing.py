"""What happens when a rule is complete: its symbols leave the stacks, and what they make takes their place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from grammar.parsing.tables import Rule

Children = list[Any]

Maker = Callable[[Any, Children], Any]
"""Makes a node: from the context given to `Driver.parse` and the rule's children."""

Reducer = Callable[[Any, list[int], list[Any]], int]
"""Replaces the symbols of a complete rule on the stacks of states and of values, with the context that makers get;
returns how many children the rule had. The state after it is not pushed."""


def reducer(rule: Rule, make: Maker | None) -> Reducer:
    """Return what reduces by a rule, in the quickest way for its form.

    Args:
        rule: of the tables.
        make: makes the node; None for a rule whose children are the value.
    """
    if make is None and not rule.single and rule.kept == ((0, True), (1, False)):
        return _grow
    if rule.kept is None and rule.length == 1 and not rule.single:
        return _wrap if make is None else _remade(make)
    return _general(rule.length, make, rule.kept, single=rule.single)


def _grow(context: object, states: list[int], values: list[Any]) -> int:
    """Reduce by ``list: list item``; the list grows in place."""
    del states[-2:]
    item = values.pop()
    grown = values[-1]
    grown.append(item)
    return len(grown)


def _wrap(context: object, states: list[int], values: list[Any]) -> int:
    """Reduce by ``list: item``."""
    states.pop()
    values[-1] = [values[-1]]
    return 1


def _remade(make: Maker) -> Reducer:
    """Return what reduces by a rule of one child that a node is made of."""

    def reduce(context: object, states: list[int], values: list[Any]) -> int:
        states.pop()
        values[-1] = make(context, [values[-1]])
        return 1

    return reduce


def _general(length: int, make: Maker | None, kept: tuple[tuple[int, bool], ...] | None, *, single: bool) -> Reducer:
    """Return what reduces by any rule."""

    def reduce(context: object, states: list[int], values: list[Any]) -> int:
        children: Children = values[-length:] if length else []
        if length:
            del states[-length:], values[-length:]
        if kept is not None:
            parts = children
            children = []
            for index, spliced in kept:
                if not spliced:
                    children.append(parts[index])
                elif children:
                    children += parts[index]
                else:
                    # A list that is not needed any more grows in place.
                    children = parts[index]
        if single and len(children) == 1:
            values.append(children[0])
        else:
            values.append(children if make is None else make(context, children))
        return len(children)

    return reduce
