"""Where new members of a mapping go: after the ones that they follow in the source."""

from __future__ import annotations

from adapters.yaml.node import Node, is_mapping, key_text, members, resolved
from adapters.yaml.render import synthetic_key

Pair = tuple[Node, Node]
"""A member: key and value."""


def with_members(pairs: list[Pair], added: list[tuple[str, Node]], source: Node | None) -> list[Pair]:
    """Return the members of a mapping with new ones among them.

    Args:
        pairs: the members that there are.
        added: names and values of new ones.
        source: the mapping of the source; a new member follows its nearest predecessor there, or goes to the end.
    """
    order = members(resolved(source)) if source is not None and is_mapping(resolved(source)) else {}
    names = list(order)
    ranks = {name: rank for rank, name in enumerate(names)}
    places = {key_text(key): number for number, (key, _) in enumerate(pairs)}
    # What stands after each member, so that an insertion moves nothing: -1 is the start, and None the end.
    following: dict[int, int | None] = {number: number + 1 for number in range(-1, len(pairs) - 1)}
    end = len(pairs) - 1
    following[end] = None
    result = list(pairs)
    for name, item in added:
        before = end
        for rank in range(ranks.get(name, 0) - 1, -1, -1):
            if names[rank] in places:
                before = places[names[rank]]
                break
        number = len(result)
        result.append((order[name][0] if name in order else synthetic_key(name), item))
        places[name] = number
        following[number], following[before] = following[before], number
        end = number if before == end else end
    ordered: list[Pair] = []
    at = following[-1]
    while at is not None:
        ordered.append(result[at])
        at = following[at]
    return ordered
