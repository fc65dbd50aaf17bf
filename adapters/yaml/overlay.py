"""What the target shall be, as a position tree: its own nodes, and the source's where they were wished for.

Nodes that stay as they are stay the same objects, so that what changed is found without looking at the rest.
"""

from __future__ import annotations

from adapters.yaml.intent import Wish
from adapters.yaml.neighbours import with_members
from adapters.yaml.node import Key, Kind, Lazy, Node, child, is_mapping, is_merge, is_sequence, key_text, resolved
from adapters.yaml.refusal import RefusalError
from adapters.yaml.same import same
from adapters.yaml.values import is_null


def overlay(node: Node | None, wish: Wish) -> Node:
    """Return a node of the target with the wishes about it fulfilled.

    Args:
        node: the node of the target; None where it has none.
        wish: what is wanted; not the removal of the node itself.

    Raises:
        RefusalError: something is wanted inside a value that has no inside.
    """
    if wish.wanted is not None:
        return node if node is not None and same(node, wish.wanted) else wish.wanted
    if node is not None and not wish.below:
        return node
    base = resolved(node) if node is not None else None
    if base is not None and is_mapping(base):
        result = _mapping(base, wish)
    elif base is not None and is_sequence(base):
        result = _sequence(base, wish)
    elif base is None or is_null(base.value):
        result = _new(wish)
    else:
        raise RefusalError("a value has no place in the target: its parent is not a mapping there", offset=base.start)
    return node if node is not None and same(result, node) else result


def _mapping(base: Node, wish: Wish) -> Node:
    entries = base.entries()
    last = {key_text(key): number for number, (key, _) in enumerate(entries)} if not isinstance(base, Lazy) else None
    kept: list[tuple[Node, Node]] = []
    present: set[Key] = set()
    for number, (key, item) in enumerate(entries):
        name = key_text(key)
        own = wish.below.get(name)
        if own is not None and not is_merge(key):
            present.add(name)
            if own.remove:
                continue
            # INVARIANT: of repeated keys (JSON only) the last one is the value; all of them go when it is removed.
            if last is None or last[name] == number:
                item = overlay(item, own)
        kept.append((key, item))
    wished = [(name, own) for name, own in wish.below.items() if isinstance(name, str) and name not in present]
    added = [(name, overlay(child(base, name), own)) for name, own in wished if not own.remove]
    pairs = with_members(kept, added, wish.source) if added else kept
    children = [node for pair in pairs for node in pair]
    if isinstance(base, Lazy):
        return Lazy.made(base, children)
    # By a merge key it has values that none of its children is.
    gone = {name for name, own in wish.below.items() if own.remove}
    value = {name: item for name, item in base.value.items() if name not in gone}
    value.update((key_text(key), item.value) for key, item in pairs if not is_merge(key))
    return Node(Kind.MAPPING, base.start, base.end, value, "", base.style, base.anchor, base.tag, children)


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
    return Lazy.made(base, children)


def _new(wish: Wish) -> Node:
    """Return a collection that the target does not have yet."""
    if any(isinstance(key, int) for key in wish.below):
        return _sequence(Node(Kind.SEQUENCE, 0, 0, [], "", "block"), wish)
    return _mapping(Lazy.made(Node(Kind.MAPPING, 0, 0, {}, "", "block"), ()), wish)
