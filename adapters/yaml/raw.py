"""Unmarked YAML as nested lists: the least that can be kept of a document, with everything in it.

Unmarked is what has no anchors, aliases, tags and merge keys.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import yaml

from adapters.yaml.values import Value, resolve

Raw: TypeAlias = Any
"""A scalar: the tuple of its text, style, start and end, a block scalar's end as libyaml has it. A collection: the
list of its start event, what is in it, and its end event.

Tuples rather than the events of scalars, which are large, and which the collector would look through for ever.
"""

MAPPING, SEQUENCE = yaml.MappingStartEvent, yaml.SequenceStartEvent
_BREAKS = "\r\n\x85\u2028\u2029"


def value_of(raw: Raw) -> Value:
    """Return what a scalar or a collection means."""
    if raw.__class__ is tuple:
        return raw[0] if raw[1] else resolve(raw[0])
    if raw[0].__class__ is SEQUENCE:
        return [value_of(item) for item in raw[1:-1]]
    return {key[0]: value_of(item) for key, item in zip(raw[1:-1:2], raw[2:-1:2], strict=True)}


def style_of(raw: Raw) -> str:
    """Return a collection's style, as `adapters.yaml.node.Node` has it."""
    start: Any = raw[0]
    if not start.flow_style:
        return "block"
    braces = start.__class__ is SEQUENCE or start.end_mark.index > start.start_mark.index
    return "flow" if braces else "pair"


def end_of(raw: Raw, text: str) -> int:
    """Return where a value ends, a block collection with its last value.

    Args:
        raw: the value.
        text: the whole text.
    """
    while raw.__class__ is list and not raw[0].flow_style and len(raw) > 2:
        raw = raw[-2]
    if raw.__class__ is list:
        return int(raw[-1].end_mark.index if raw[0].flow_style else raw[0].start_mark.index)
    _, style, start, end = raw
    return block_scalar_end(text, start, end) if style in ("|", ">") else int(end)


def block_scalar_end(text: str, start: int, end: int) -> int:
    """Return where the content of a block scalar ends: without the blank lines that do not belong to it."""
    header = text[start:end].split("\n", 1)[0].split("#", 1)[0]
    if "+" in header.rsplit("|", 1)[-1].rsplit(">", 1)[-1]:
        return end
    body = text[start:end]
    kept = body.rstrip(" " + _BREAKS)
    rest = body[len(kept) :]
    for number, char in enumerate(rest):
        if char in _BREAKS:
            step = 2 if rest[number : number + 2] == "\r\n" else 1
            return start + len(kept) + number + step
    return end
