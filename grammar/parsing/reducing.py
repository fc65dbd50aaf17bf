"""What happens when a rule is complete: its symbols leave the stack, and what they make takes their place."""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter
from typing import Any

from grammar.parsing.tables import Rule

Children = list[Any]

Maker = Callable[[Any, Any], Any]
"""Makes a node: from the context given to `Driver.parse` and the rule's children, a list or a tuple of them."""

Reducer = Callable[[Any, list[Any]], None]
"""Replaces the symbols of a complete rule on the stack of values, with the context that makers get."""


class OverlongError(Exception):
    """A list has more elements than it may."""


def reducer(rule: Rule, make: Maker | None, longest: int) -> Reducer | None:
    """Return what reduces by a rule, in the quickest way for its form; None where the value stays as it is.

    Args:
        rule: of the tables.
        make: makes the node; None for a rule whose children are the value.
        longest: how many elements a list may have; the reducers of lists raise OverlongError beyond it.
    """
    if rule.passing:
        return None
    if rule.kept is None:
        return _plain(rule.length, make)
    spliced = [index for index, is_list in rule.kept if is_list]
    if not spliced:
        return _picked(rule.length, make, [index for index, _ in rule.kept])
    if make is None and spliced == [0] and len(rule.kept) == 2 and rule.kept[1][0] == rule.length - 1:
        return _grow(rule.length - 2, longest)
    return _spliced(rule.length, make, rule.kept, longest)


def last(count: int) -> slice:
    """Return the slice of the last elements of a list, so many of them, made once and not for each list."""
    return slice(-count, None) if count else slice(0, 0)


def _grow(signs: int, longest: int) -> Reducer:
    """Return what reduces by ``list: list item``, with signs between the two; the list grows in place."""

    def reduce(context: object, values: list[Any]) -> None:
        item = values.pop()
        if signs:
            del values[-signs:]
        grown = values[-1]
        grown.append(item)
        if len(grown) > longest:
            raise OverlongError

    return reduce


def _plain(length: int, make: Maker | None) -> Reducer:
    """Return what reduces by a rule whose symbols are all children."""

    def wrap(context: object, values: list[Any]) -> None:
        values[-1] = [values[-1]]

    def remake(context: object, values: list[Any]) -> None:
        values[-1] = make(context, [values[-1]])  # type: ignore[misc]

    def reduce(context: object, values: list[Any]) -> None:
        children: Children = values[taken]
        del values[taken]
        values.append(children if make is None else make(context, children))

    taken = last(length)
    if length != 1:
        return reduce
    return wrap if make is None else remake


def _picked(length: int, make: Maker | None, picked: list[int]) -> Reducer:
    """Return what reduces by a rule of which some symbols are children and none is a list to splice in."""

    def reduce_to_one(context: object, values: list[Any]) -> None:
        child = values[only - length]
        del values[taken]
        values.append([child] if make is None else make(context, [child]))

    def reduce(context: object, values: list[Any]) -> None:
        children = pick(values[taken])
        del values[taken]
        values.append(list(children) if make is None else make(context, children))

    taken = last(length)
    if len(picked) == 1:
        only = picked[0]
        return reduce_to_one
    pick = itemgetter(*picked)
    return reduce


def _spliced(length: int, make: Maker | None, kept: tuple[tuple[int, bool], ...], longest: int) -> Reducer:
    """Return what reduces by a rule with children that are lists to splice in."""
    first_is_list = kept[0] == (0, True)
    taken = last(length)
    runs = _runs(kept[1:] if first_is_list else kept)

    def reduce(context: object, values: list[Any]) -> None:
        parts = values[taken]
        del values[taken]
        # A list that is not needed any more grows in place.
        children: Children = parts[0] if first_is_list else []
        for run in runs:
            children += parts[run]
        if len(children) > longest:
            raise OverlongError
        values.append(children if make is None else make(context, children))

    return reduce


def _runs(kept: tuple[tuple[int, bool], ...]) -> list[int | slice]:
    """Return what is joined to the children, in order: the index of a list, or a slice of symbols side by side."""
    runs: list[int | slice] = []
    for index, spliced in kept:
        last = runs[-1] if runs else None
        if spliced:
            runs.append(index)
        elif isinstance(last, slice) and last.stop == index:
            runs[-1] = slice(last.start, index + 1)
        else:
            runs.append(slice(index, index + 1))
    return runs
