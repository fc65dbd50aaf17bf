"""Reads unmarked YAML, which nearly all is: no anchors, aliases, tags and merge keys.

Half of the time of an edit is spent in libyaml and in the objects that it makes of every event. So nothing is
made of them here that nobody asks for: a document is its events as nested lists, from a collection's start to
its end, and `Lazy` nodes look into them. Where a text has marks or faults, `compose` reads it and says what
they are.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter
from typing import Any

import yaml

from adapters.yaml.limits import MAX_DEPTH, MAX_VALUES
from adapters.yaml.node import Document, node_of
from adapters.yaml.raw import MAPPING, SEQUENCE, Raw

_SCALAR = yaml.ScalarEvent
_TEXT = itemgetter(0)
_MAPPING_END, _SEQUENCE_END = yaml.MappingEndEvent, yaml.SequenceEndEvent
_FRAME = (yaml.StreamStartEvent, yaml.DocumentStartEvent, yaml.DocumentEndEvent, yaml.StreamEndEvent)


def may_be_marked(text: str) -> bool:
    """Say whether a text has characters that begin an anchor or a tag, perhaps only in a comment or a string."""
    return "&" in text or "!" in text


def read_unmarked(text: str, mark: str) -> Document | None:
    """Return the position tree of a YAML text without marks; None where `compose` has to read it.

    Args:
        text: the text, without a byte order mark.
        mark: the byte order mark that preceded it, or nothing.
    """
    try:
        roots = _nested(text)
    except yaml.YAMLError:
        return None
    if roots is None:
        return None
    return Document(text, mark, tuple(node_of(root, text) for root in roots), (), is_json=False, odd_keys=True)


def _nested(text: str) -> list[Raw] | None:
    """Return the roots of a text; None where it has marks, keys at fault, or too much.

    Raises:
        yaml.YAMLError: the text is not YAML.
    """
    marked, merges = may_be_marked(text), "<<" in text
    roots: list[Raw] = []
    items, push, stack, values = roots, roots.append, [], 0
    next_event: Callable[[], Any] = yaml.CSafeLoader(text).get_event
    for event in iter(next_event, None):
        kind = event.__class__
        if marked and (getattr(event, "tag", None) is not None or getattr(event, "anchor", None) is not None):
            return None
        if kind is _SCALAR:
            push((event.value, event.style, event.start_mark.index, event.end_mark.index))
        elif kind is MAPPING or kind is SEQUENCE:
            if len(items) % 2 and items[0].__class__ is MAPPING:
                # A key that is a collection.
                return None
            stack.append(items)
            items = [event]
            push(items)
            push = items.append
            if len(stack) > MAX_DEPTH:
                return None
        elif kind is _MAPPING_END or kind is _SEQUENCE_END:
            count = len(items) - 1
            if kind is _MAPPING_END:
                names = set(map(_TEXT, items[1::2]))
                if 2 * len(names) != count or (merges and "<<" in names):
                    return None
                count = len(names)
            values += count
            if values > MAX_VALUES:
                return None
            push(event)
            items = stack.pop()
            push = items.append
        elif kind not in _FRAME:
            return None
    return roots
