"""Checks an edited text: a full parse of it, event by event against what is wanted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import yaml

from adapters.yaml.limits import MAX_DEPTH, MAX_VALUES
from adapters.yaml.node import Kind, Lazy, Node
from adapters.yaml.raw import Raw, value_of
from adapters.yaml.unmarked import may_be_marked
from adapters.yaml.values import resolve

_SCALAR = yaml.ScalarEvent
_STREAM_START, _STREAM_END = yaml.StreamStartEvent(), yaml.StreamEndEvent()
_DOCUMENT_START, _DOCUMENT_END = yaml.DocumentStartEvent(), yaml.DocumentEndEvent()
_STARTS = {
    Kind.MAPPING: yaml.MappingStartEvent(None, None, True),
    Kind.SEQUENCE: yaml.SequenceStartEvent(None, None, True),
}
_ENDS = {Kind.MAPPING: yaml.MappingEndEvent(), Kind.SEQUENCE: yaml.SequenceEndEvent()}


def reads_back(text: str, wanted: list[Node]) -> bool:
    """Say whether a text is certain to read as the wanted roots, keys that are no strings included.

    No is no verdict: members in another order, or marks, are left to a comparison of values.

    Args:
        text: the whole edited text, without a byte order mark.
        wanted: the root of each document.
    """
    expected: list[Any] = [_STREAM_START]
    for root in wanted:
        expected.append(_DOCUMENT_START)
        if not _flatten(root, expected, 0):
            return False
        expected.append(_DOCUMENT_END)
    expected.append(_STREAM_END)
    if len(expected) > MAX_VALUES:
        # Close to the limit the exact count decides, which the reader makes.
        return False
    marked = may_be_marked(text)
    try:
        next_event: Callable[[], Any] = yaml.CSafeLoader(text).get_event
        # The end of the stream comes last in both, so that neither can be longer than the other.
        for event, want in zip(iter(next_event, None), expected, strict=False):
            kind = event.__class__
            if kind is _SCALAR:
                if want.__class__ is not tuple or event.value != want[0]:
                    return False
                if event.style != want[1] and not _alike(event, want):
                    return False
            elif kind is not want.__class__:
                return False
            if marked and (getattr(event, "tag", None) is not None or getattr(event, "anchor", None) is not None):
                return False
    except yaml.YAMLError:
        return False
    return True


def _alike(event: Any, want: Raw) -> bool:
    """Say whether two scalars of the same text mean the same though they are written in different styles."""
    return bool((event.value if event.style else resolve(event.value)) == value_of(want))


def _flatten(node: Node, events: list[Any], depth: int) -> bool:
    """Add the events of a node; False where the tree is not one of unmarked YAML, or too deep."""
    if depth > MAX_DEPTH:
        return False
    if isinstance(node, Lazy) and node.raw is None:
        events.append(_STARTS[node.kind])
        if not all(_flatten(item, events, depth + 1) for item in node.children):
            return False
        events.append(_ENDS[node.kind])
        return True
    if node.raw is None:
        return False
    return _flatten_raw(node.raw, events, depth)


def _flatten_raw(raw: Raw, events: list[Any], depth: int) -> bool:
    if raw.__class__ is not list:
        events.append(raw)
        return True
    if depth >= MAX_DEPTH:
        return False
    for item in raw:
        if item.__class__ is not list:
            events.append(item)
        elif not _flatten_raw(item, events, depth + 1):
            return False
    return True
