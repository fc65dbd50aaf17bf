"""Compares nodes without working out more of them than the comparison needs."""

from __future__ import annotations

from adapters.yaml.node import Kind, Lazy, Node, members


def same(one: Node, other: Node) -> bool:
    """Say whether two nodes mean the same.

    An edited tree shares what did not change with the target's: such nodes are the same object, and are not
    looked into.
    """
    if one is other:
        return True
    if isinstance(one, Lazy) and isinstance(other, Lazy) and one.kind is other.kind:
        if one.raw is not None and other.raw is not None:
            return bool(one.value == other.value)
        if len(one.children) != len(other.children):
            return False
        if one.kind is Kind.SEQUENCE:
            return all(map(same, one.children, other.children))
        there = members(other)
        return all(name in there and same(item, there[name][1]) for name, (_, item) in members(one).items())
    return bool(one.value == other.value)
