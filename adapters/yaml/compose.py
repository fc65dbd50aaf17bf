"""Composes the position tree of a YAML file from libyaml's events.

Events rather than nodes: libyaml composes recursively in C, so that depth would be found out too late, and
its nodes do not say where an alias stands.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

import yaml

from adapters.yaml.limits import MAX_DEPTH, MAX_VALUES
from adapters.yaml.node import Document, Key, Kind, Location, Node, is_merge, key_text, merged_nodes, resolved
from adapters.yaml.raw import block_scalar_end
from adapters.yaml.refusal import RefusalError
from adapters.yaml.values import Tagged, Typed, Value, resolve

_ONLY_STRINGS = {str}
_TAG = "tag:yaml.org,2002:"


def compose(text: str, mark: str) -> Document:
    """Return the position tree of a YAML text.

    Args:
        text: the text, without a byte order mark.
        mark: the byte order mark that preceded it, or nothing.

    Raises:
        RefusalError: the text is not YAML, or says something that an edit could not keep with certainty.
    """
    composer = _Composer(text)
    try:
        composer.run()
    except yaml.MarkedYAMLError as error:
        place = error.problem_mark or error.context_mark
        what = " ".join(part for part in (error.context, error.problem) if part)
        raise RefusalError(
            f"not valid YAML: {what}", place.line + 1 if place else 0, place.column + 1 if place else 0
        ) from error
    except yaml.reader.ReaderError as error:
        composer.refuse(f"not valid YAML: {error.reason}", error.position if error.position < len(text) else 0)
    return Document(
        text, mark, tuple(composer.roots), tuple(composer.aliases), is_json=False, odd_keys=composer.odd_keys
    )


class _Frame:
    """A collection that is still open."""

    __slots__ = ("children", "deeper", "node")

    def __init__(self, node: Node, children: list[Node]) -> None:
        self.node = node
        self.children = children
        # Values inside its collections and behind its aliases, more than the one that each of these is itself.
        self.deeper = 0


class _Composer:
    """One run over the events of a file."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.roots: list[Node] = []
        self.aliases: list[Node] = []
        self._stack: list[_Frame] = []
        self._anchors: dict[str, Node] = {}
        self._sizes: dict[Node, int] = {}
        self._total = 0
        self.odd_keys = False

    def refuse(self, reason: str, offset: int) -> NoReturn:
        """Refuse the file because of what stands at an offset."""
        line, column = Document(self.text, "", (), (), is_json=False).place(offset)
        raise RefusalError(reason, line, column)

    def run(self) -> None:
        """Compose every document of the file."""
        scalar_event, text = yaml.ScalarEvent, self.text
        mapping_start, sequence_start = yaml.MappingStartEvent, yaml.SequenceStartEvent
        mapping_end, sequence_end = yaml.MappingEndEvent, yaml.SequenceEndEvent
        scalar, mapping, sequence, stack = Kind.SCALAR, Kind.MAPPING, Kind.SEQUENCE, self._stack
        children = self.roots
        event: Any
        get: Callable[[], Any] = yaml.CSafeLoader(self.text).get_event
        while (event := get()) is not None:
            cls = event.__class__
            if cls is scalar_event:
                style, content = event.style, event.value
                start, end = event.start_mark.index, event.end_mark.index
                if style == "" or style is None:
                    node = Node(scalar, start, end, resolve(content), content)
                else:
                    if style == "|" or style == ">":
                        end = block_scalar_end(text, start, end)
                    node = Node(scalar, start, end, content, content, style)
                if event.tag is not None or event.anchor is not None:
                    self._properties(node, event.tag, event.anchor)
                children.append(node)
            elif cls is mapping_start:
                children = self._open(event, mapping)
            elif cls is sequence_start:
                children = self._open(event, sequence)
            elif cls is mapping_end or cls is sequence_end:
                self._close(event.end_mark.index)
                children = stack[-1].children if stack else self.roots
            elif cls is yaml.AliasEvent:
                children.append(self._alias(event))
            elif cls is yaml.DocumentStartEvent:
                self._anchors = {}

    def _path(self) -> Location:
        """Return where the next node stands; cheap enough only for anchors and aliases."""
        path: list[Key] = []
        for frame in self._stack:
            count = len(frame.children)
            if frame.node.kind is Kind.SEQUENCE:
                path.append(count)
            else:
                path.append(key_text(frame.children[-1]) if count % 2 else "")
        return tuple(path)

    def _properties(self, node: Node, tag: str | None, anchor: str | None) -> None:
        if tag is not None:
            node.tag = tag
            if node.kind is Kind.SCALAR:
                node.value = _tagged_scalar(tag, node)
        if anchor is not None:
            node.anchor = anchor
            node.path = self._path()
            self._anchors[anchor] = node

    def _open(self, event: Any, kind: Kind) -> list[Node]:
        start = event.start_mark.index
        style = "flow" if event.flow_style else "block"
        if style == "flow" and kind is Kind.MAPPING and event.end_mark.index == start:
            style = "pair"
        if len(self._stack) >= MAX_DEPTH:
            self.refuse(f"more than {MAX_DEPTH} collections inside each other", start)
        children: list[Node] = []
        node = Node(kind, start, start, None, "", style, None, None, children)
        if event.tag is not None or event.anchor is not None:
            self._properties(node, event.tag, event.anchor)
        self._stack.append(_Frame(node, children))
        return children

    def _alias(self, event: Any) -> Node:
        start = event.start_mark.index
        target = self._anchors.get(event.anchor)
        if target is None:
            self.refuse(f"the alias `*{event.anchor}` has no anchor `&{event.anchor}` before it", start)
        if any(frame.node is target for frame in self._stack):
            self.refuse(f"the alias `*{event.anchor}` stands inside what it names", start)
        node = Node(Kind.ALIAS, start, event.end_mark.index, target.value, target=target, path=self._path())
        self.aliases.append(node)
        behind = self._sizes.get(target, 1) - 1
        if self._stack:
            self._stack[-1].deeper += behind
        self._count(behind, start)
        return node

    def _close(self, end: int) -> None:
        frame = self._stack.pop()
        node, children = frame.node, frame.children
        if node.kind is Kind.MAPPING:
            node.value = self._mapping(children)
        else:
            node.value = [item.value for item in children]
        node.end = end if node.style == "flow" else (children[-1].end if children else node.start)
        if node.tag is not None and node.tag not in (_TAG + "map", _TAG + "seq", "!"):
            node.value = Tagged(node.tag, node.value)
        # Keys are no values of their own.
        count = len(children) // 2 if node.kind is Kind.MAPPING else len(children)
        self._count(count, node.start)
        if node.anchor is not None:
            self._sizes[node] = 1 + count + frame.deeper
        if self._stack:
            outer = self._stack[-1]
            outer.deeper += count + frame.deeper
            outer.children.append(node)
        else:
            self.roots.append(node)

    def _count(self, values: int, offset: int) -> None:
        self._total += values
        if self._total > MAX_VALUES:
            self.refuse(f"more than {MAX_VALUES} values, those behind aliases counted", offset)

    def _mapping(self, children: list[Node]) -> Value:
        # Keys that are all strings are their own names; a merge key is not certainly a string.
        names = [key.value for key in children[::2]]
        if set(map(type, names)) <= _ONLY_STRINGS:
            value = dict(zip(names, [item.value for item in children[1::2]], strict=True))
            if len(value) == len(names):
                return value
        return self._intricate_mapping(children)

    def _intricate_mapping(self, children: list[Node]) -> Value:
        """Return the value of a mapping with merge keys or aliases as keys; find the key at fault otherwise."""
        own: dict[str, Value] = {}
        merged: dict[str, Value] = {}
        for key, item in zip(children[::2], children[1::2], strict=True):
            if resolved(key).kind is not Kind.SCALAR:
                self.refuse("a key that is itself a mapping or a sequence cannot be addressed", key.start)
            if is_merge(key):
                for origin in merged_nodes(item):
                    if not isinstance(origin.value, dict):
                        self.refuse("a merge key `<<` needs a mapping or a sequence of mappings", item.start)
                    for name, inherited in origin.value.items():
                        merged.setdefault(name, inherited)
                continue
            name = key_text(key)
            self.odd_keys = self.odd_keys or type(resolved(key).value) is not str
            if name in own:
                self.refuse(f"the key `{name[:60]}` stands twice in one mapping", key.start)
            own[name] = item.value
        return {**merged, **own}


def _tagged_scalar(tag: str, node: Node) -> Value:
    if tag in (_TAG + "str", "!"):
        return node.text
    value = resolve(node.text)
    if isinstance(value, Typed) and tag == _TAG + value.kind and node.style == "":
        return value
    return Tagged(tag, node.text)
