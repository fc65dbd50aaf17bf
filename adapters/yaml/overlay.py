"""What the target shall be, as a position tree: its own nodes, and the source's where they were wished for.

Nodes that stay as they are stay the same objects, so that what changed is found without looking at the rest.
"""

from __future__ import annotations

from adapters.yaml.intent import Wish
from adapters.yaml.node import Key, Kind, Node, child, is_merge, key_text, members, resolved
from adapters.yaml.refusal import RefusalError
from adapters.yaml.render import synthetic_key
from adapters.yaml.values import Value, is_null


def overlay(node: Node | None, wish: Wish) -> Node:
    """Return a node of the target with the wishes about it fulfilled.

    Args:
        node: the node of the target; None where it has none.
        wish: what is wanted; not the removal of the node itself.

    Raises:
        RefusalError: something is wanted inside a value that has no inside.
    """
    if wish.wanted is not None:
        wanted = resolved(wish.wanted)
        return node if node is not None and node.value == wanted.value else wanted
    if node is not None and not wish.below:
        return node
    base = resolved(node) if node is not None else None
    if base is not None and isinstance(base.value, dict):
        result = _mapping(base, wish)
    elif base is not None and isinstance(base.value, list):
        result = _sequence(base, wish)
    elif base is None or is_null(base.value):
        result = _new(wish)
    else:
        raise RefusalError("a value has no place in the target: its parent is not a mapping there", offset=base.start)
    return node if node is not None and result.value == node.value else result


def _mapping(base: Node, wish: Wish) -> Node:
    below: dict[Key, Wish] = dict(wish.below)
    children: list[Node] = []
    value: dict[str, Value] = dict(base.value)
    last = {key_text(key): number for number, (key, _) in enumerate(base.entries())}
    for number, (key, item) in enumerate(base.entries()):
        name = key_text(key)
        # INVARIANT: of repeated keys (JSON only) the last one is the value; all of them go when it is removed.
        own = below.get(name) if not is_merge(key) else None
        if own is not None and own.remove:
            value.pop(name, None)
            continue
        if own is not None and last[name] == number:
            item = overlay(item, own)
            value[name] = item.value
        children.extend((key, item))
    present = {key_text(key) for key, _ in base.entries() if not is_merge(key)}
    for name in [key for key in below if isinstance(key, str) and key not in present]:
        if below[name].remove:
            value.pop(name, None)
            continue
        item = overlay(child(base, name), below[name])
        value[name] = item.value
        _insert(children, name, item, wish.source)
    return Node(Kind.MAPPING, base.start, base.end, value, "", base.style, base.anchor, base.tag, children)


def _insert(children: list[Node], name: str, item: Node, source: Node | None) -> None:
    """Insert a member after the one that it follows in the source, at the end if there is none."""
    key = synthetic_key(name)
    at = len(children)
    order = members(resolved(source)) if source is not None and isinstance(resolved(source).value, dict) else {}
    if name in order:
        key = order[name][0]
        places = {key_text(own): number for number, own in enumerate(children) if number % 2 == 0}
        before: list[str] = []
        for other in order:
            if other == name:
                break
            before.append(other)
        for other in reversed(before):
            if other in places:
                at = places[other] + 2
                break
    children[at:at] = [key, item]


def _sequence(base: Node, wish: Wish) -> Node:
    children: list[Node] = []
    for index, item in enumerate(base.children):
        own = wish.below.get(index)
        if own is None:
            children.append(item)
        elif not own.remove:
            children.append(overlay(item, own))
    for index in sorted(key for key in wish.below if isinstance(key, int) and key >= len(base.children)):
        if not wish.below[index].remove:
            children.append(overlay(None, wish.below[index]))
    value = [item.value for item in children]
    return Node(Kind.SEQUENCE, base.start, base.end, value, "", base.style, base.anchor, base.tag, children)


def _new(wish: Wish) -> Node:
    """Return a collection that the target does not have yet."""
    if any(isinstance(key, int) for key in wish.below):
        return _sequence(Node(Kind.SEQUENCE, 0, 0, [], "", "block"), wish)
    return _mapping(Node(Kind.MAPPING, 0, 0, {}, "", "block"), wish)
