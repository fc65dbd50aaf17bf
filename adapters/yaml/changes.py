"""What an edit changes, value by value."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.yaml.intent import path_text
from adapters.yaml.node import Location
from adapters.yaml.values import Value, as_json
from engine.plan.ports import ChangeKind, ValueChange


def changes_between(before: Value, after: Value, location: Location = ()) -> Iterator[ValueChange]:
    """Yield the innermost values that differ, members in the order of the result, removed ones last."""
    if before is after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for name, item in after.items():
            if name not in before:
                yield ValueChange(path_text((*location, name)), ChangeKind.INSERTED, None, as_json(item))
            else:
                yield from changes_between(before[name], item, (*location, name))
        for name, item in before.items():
            if name not in after:
                yield ValueChange(path_text((*location, name)), ChangeKind.REMOVED, as_json(item), None)
    elif isinstance(before, list) and isinstance(after, list):
        yield from _elements(before, after, location)
    elif before != after:
        yield ValueChange(path_text(location), ChangeKind.REPLACED, as_json(before), as_json(after))


def _elements(before: list[Value], after: list[Value], location: Location) -> Iterator[ValueChange]:
    head, tail = common_ends(before, after)
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    for number, (was, item) in enumerate(zip(old, new, strict=False)):
        yield from changes_between(was, item, (*location, head + number))
    for number in range(len(old), len(new)):
        path = path_text((*location, head + number))
        yield ValueChange(path, ChangeKind.INSERTED, None, as_json(new[number]))
    for number in range(len(new), len(old)):
        path = path_text((*location, head + number))
        yield ValueChange(path, ChangeKind.REMOVED, as_json(old[number]), None)


def common_ends(before: list[Value], after: list[Value]) -> tuple[int, int]:
    """Return how many elements two sequences share at their start, and at their end."""
    shorter = min(len(before), len(after))
    head = 0
    while head < shorter and before[head] == after[head]:
        head += 1
    tail = 0
    while tail < shorter - head and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    return head, tail
