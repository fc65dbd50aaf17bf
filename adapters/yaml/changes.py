"""What an edit changes, value by value."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.yaml.intent import path_text, step_text
from adapters.yaml.node import Node, is_mapping, is_sequence, members, resolved
from adapters.yaml.same import same
from adapters.yaml.values import as_json
from engine.plan.ports import ChangeKind, ValueChange


def changes_between(before: Node, after: Node) -> list[ValueChange]:
    """Return the innermost values that differ, members in the order of the result, removed ones last."""
    found: list[ValueChange] = []
    _compare(before, after, path_text(()), found)
    return found


def _compare(before: Node, after: Node, path: str, found: list[ValueChange]) -> None:
    if before is after:
        return
    before, after = resolved(before), resolved(after)
    if is_mapping(before) and is_mapping(after):
        was, now = members(before), members(after)
        for name, (_, item) in now.items():
            if name not in was:
                found.append(_inserted(path + step_text(name), item))
            elif was[name][1] is not item:
                _compare(was[name][1], item, path + step_text(name), found)
        found.extend(_removed(path + step_text(name), item) for name, (_, item) in was.items() if name not in now)
    elif is_sequence(before) and is_sequence(after):
        _compare_elements(before.children, after.children, path, found)
    elif before.value != after.value:
        found.append(ValueChange(path, ChangeKind.REPLACED, as_json(before.value), as_json(after.value)))


def _inserted(path: str, node: Node) -> ValueChange:
    return ValueChange(path, ChangeKind.INSERTED, None, as_json(node.value))


def _removed(path: str, node: Node) -> ValueChange:
    return ValueChange(path, ChangeKind.REMOVED, as_json(node.value), None)


def _compare_elements(before: Sequence[Node], after: Sequence[Node], path: str, found: list[ValueChange]) -> None:
    head, tail = common_ends(before, after)
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    for number, (was, item) in enumerate(zip(old, new, strict=False)):
        _compare(was, item, path + step_text(head + number), found)
    found.extend(_inserted(path + step_text(head + number), new[number]) for number in range(len(old), len(new)))
    found.extend(_removed(path + step_text(head + number), old[number]) for number in range(len(new), len(old)))


def common_ends(before: Sequence[Node], after: Sequence[Node]) -> tuple[int, int]:
    """Return how many elements two sequences share at their start, and at their end."""
    shorter = min(len(before), len(after))
    head = 0
    while head < shorter and same(before[head], after[head]):
        head += 1
    tail = 0
    while tail < shorter - head and same(before[-1 - tail], after[-1 - tail]):
        tail += 1
    return head, tail
