"""Composes the documents of a YAML text from libyaml's events, within bounds.

Events rather than nodes: libyaml composes recursively in C, so that depth and expansion would be found out
too late. Nothing is constructed, so no tag can run anything.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import yaml

from adapters.manifests.limits import ManifestLimits
from adapters.manifests.node import MERGE_TAG, Kind, Node
from adapters.manifests.scalars import Reading, reading
from grammar.diagnostics import Diagnostic, Label, error
from grammar.span import Span

_TAG = "tag:yaml.org,2002:"
_SCALAR_TAGS = {
    _TAG + "str": Reading.TEXT,
    "!": Reading.TEXT,
    _TAG + "null": Reading.NULL,
    _TAG + "bool": Reading.BOOLEAN,
    _TAG + "int": Reading.INTEGER,
    _TAG + "float": Reading.FLOAT,
}
_COLLECTION_TAGS = (_TAG + "map", _TAG + "seq", "!")
_BYTE_ORDER_MARK = "\ufeff"


@dataclass(slots=True)
class Composed:
    """What composing a text gave.

    Attributes:
        documents: one node for each document that is whole, in order.
        fault: what ended it early, or None.
        scalars: start and end of every scalar, in order.
    """

    documents: list[Node] = field(default_factory=list)
    fault: Diagnostic | None = None
    scalars: list[tuple[int, int]] = field(default_factory=list)


def compose(text: str, source: str, limits: ManifestLimits) -> Composed:
    """Compose the documents of a text; never raises. Cost: O(length).

    Args:
        text: any text; a byte order mark at its start is skipped.
        source: its name in spans.
        limits: bounds; exceeding one is the fault of the result.
    """
    if len(text) > limits.size:
        message = f"file has {len(text):,} characters, more than the limit of {limits.size:,}"
        return Composed(fault=error("Y002", message, Span(0, 0, source), help="split it into several files"))
    base = 1 if text.startswith(_BYTE_ORDER_MARK) else 0
    composer = _Composer(text[base:], source, base, limits)
    try:
        composer.run()
    except _FaultError as stopped:
        composer.result.fault = stopped.diagnostic
    except yaml.MarkedYAMLError as broken:
        composer.result.fault = _syntax_error(broken, composer)
    except yaml.reader.ReaderError as broken:
        before = text[base:].encode()[: broken.position].decode(errors="ignore")
        fault = composer.error("Y001", f"not valid YAML: {broken.reason}", len(before), len(before) + 1)
        composer.result.fault = fault
    except UnicodeEncodeError as broken:
        composer.result.fault = composer.error("Y001", "not valid YAML: half a character", broken.start, broken.end)
    return composer.result


def _syntax_error(broken: yaml.MarkedYAMLError, composer: _Composer) -> Diagnostic:
    mark = broken.problem_mark or broken.context_mark
    what = broken.problem or broken.context or "cannot be read"
    context = f" {broken.context}" if broken.context and broken.problem else ""
    help = next((help for start, help in _SYNTAX_HELP.items() if what.startswith(start)), "")
    if what.startswith(_NO_COLON) and broken.context_mark is not None:
        # The reader notices one line late; the line that lacks the colon is the one it began in.
        mark = broken.context_mark
    at = mark.index if mark is not None else 0
    found = composer.error("Y001", f"not valid YAML: {what}{context}", at, at + 1, help)
    began = broken.context_mark
    if began is None or began.index == at:
        return found
    span = Span(began.index + composer.base, began.index + composer.base + 1, composer.source)
    return replace(found, labels=(Label(span, "this is what was being read"),))


_NO_COLON = "could not find expected ':'"
_SYNTAX_HELP = {
    "mapping values are not allowed": "put a value that holds `: ` in quotes, or mend the indentation",
    "found character that cannot start any token": "put the value in quotes; indent with spaces, never with tabs",
    _NO_COLON: "this line lacks a `:` after its key",
    "did not find expected key": "mend the indentation, or put the value in quotes",
    "found undefined tag handle": "put the value in quotes",
}
"""What to do about a syntax error, by how libyaml's message begins."""


class _FaultError(Exception):
    """Composing cannot go on."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


@dataclass(slots=True)
class _Frame:
    """A collection that is still open; ``size`` counts its values, ``end`` is where the last one ends."""

    node: Node
    anchor: str | None
    flow: bool
    children: list[Node] = field(default_factory=list)
    size: int = 1
    end: int = 0


class _Composer:
    """One run over the events of a text."""

    def __init__(self, text: str, source: str, base: int, limits: ManifestLimits) -> None:
        self.text = text
        self.source = source
        self.base = base
        self.limits = limits
        self.result = Composed()
        self._open: list[_Frame] = []
        self._anchors: dict[str, tuple[Node, int]] = {}
        self._total = 0

    def error(self, code: str, message: str, start: int, end: int, help: str = "") -> Diagnostic:
        """Make an error about a part of the text."""
        return error(code, message, Span(start + self.base, end + self.base, self.source), help=help)

    def run(self) -> None:
        """Compose every document."""
        loader = yaml.CSafeLoader(self.text)
        try:
            while (event := loader.get_event()) is not None:
                self._take(event)
        finally:
            loader.dispose()

    def _take(self, event: Any) -> None:
        kind = type(event)
        if kind is yaml.ScalarEvent:
            self._add(self._scalar(event), event.anchor, 1)
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            self._begin(event)
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            self._finish(event.end_mark.index + self.base)
        elif kind is yaml.AliasEvent:
            self._alias(event.anchor, event.start_mark.index, event.end_mark.index)
        elif kind is yaml.DocumentStartEvent:
            self._anchors = {}

    def _scalar(self, event: Any) -> Node:
        start, end = event.start_mark.index, event.end_mark.index
        plain = not event.style
        taken = reading(event.value) if plain else Reading.TEXT
        tag = event.tag
        if tag is not None:
            taken = _SCALAR_TAGS.get(tag, taken)
            tag = None if tag in _SCALAR_TAGS else tag
        elif plain and event.value == "<<":
            tag = MERGE_TAG
        end = start + len(self.text[start:end].rstrip())
        self.result.scalars.append((start + self.base, end + self.base))
        return Node(Kind.SCALAR, start + self.base, end + self.base, event.value, taken, tag)

    def _begin(self, event: Any) -> None:
        start = event.start_mark.index
        if len(self._open) >= self.limits.depth:
            message = f"more than {self.limits.depth} collections inside each other"
            raise _FaultError(self.error("Y002", message, start, start + 1))
        kind = Kind.MAPPING if isinstance(event, yaml.MappingStartEvent) else Kind.SEQUENCE
        tag = None if event.tag in _COLLECTION_TAGS else event.tag
        node = Node(kind, start + self.base, start + self.base, tag=tag)
        if event.anchor is not None:
            self._anchors[event.anchor] = (node, 1)
        self._open.append(_Frame(node, event.anchor, bool(event.flow_style), end=node.start))

    def _finish(self, end: int) -> None:
        frame = self._open.pop()
        node, children = frame.node, frame.children
        if node.kind is Kind.MAPPING:
            node.entries = list(zip(children[::2], children[1::2], strict=True))
        else:
            node.items = children
        node.end = end if frame.flow else frame.end
        self._add(node, frame.anchor, frame.size)

    def _alias(self, anchor: str, start: int, end: int) -> None:
        target, size = self._anchors.get(anchor, (None, 0))
        if target is None:
            message = f"the alias `*{anchor}` has no anchor `&{anchor}` before it"
            raise _FaultError(self.error("Y001", message, start, end))
        if any(frame.node is target for frame in self._open):
            message = f"the alias `*{anchor}` stands inside what it names"
            raise _FaultError(self.error("Y001", message, start, end))
        self._total += size - 1
        self._put(target, size, end + self.base)

    def _add(self, node: Node, anchor: str | None, size: int) -> None:
        """Put a finished node where it belongs; ``size`` counts it and what is inside it."""
        if anchor is not None:
            self._anchors[anchor] = (node, size)
        self._put(node, size, node.end)

    def _put(self, node: Node, size: int, end: int) -> None:
        self._total += 1
        if self._total > self.limits.values:
            message = f"more than {self.limits.values:,} values, those behind aliases counted"
            raise _FaultError(self.error("Y002", message, end - self.base - 1, end - self.base))
        if self._open:
            frame = self._open[-1]
            frame.size += size
            frame.end = max(frame.end, end)
            frame.children.append(node)
        elif not node.is_null:
            self.result.documents.append(node)
