"""Documents as plain data, the way Kubernetes would take them, with what it would refuse."""

from __future__ import annotations

import math
from typing import Any

from adapters.manifests.node import Kind, Node, is_merge, members
from adapters.manifests.place import shortened
from adapters.manifests.scalars import Reading, boolean, integer
from grammar.diagnostics import Diagnostic, Label, error
from grammar.span import Span


def plain_data(node: Node, source: str, found: list[Diagnostic]) -> Any:
    """Return a document as dicts, lists, strings, numbers, booleans and None.

    Args:
        node: the document.
        source: the name of its text in spans.
        found: receives duplicate keys, keys that are no strings, tags nobody knows, and broken merge keys.
    """
    return _Reader(source, found).data(node)


class _Reader:
    """One conversion; a node that several aliases name is converted once."""

    def __init__(self, source: str, found: list[Diagnostic]) -> None:
        self.source = source
        self.found = found
        self._done: dict[int, Any] = {}

    def data(self, node: Node) -> Any:
        if id(node) in self._done:
            return self._done[id(node)]
        if node.tag is not None:
            self._report("Y004", f"the tag `{shortened(node.tag)}` means nothing here", node, help="remove it")
        match node.kind:
            case Kind.SCALAR:
                value = _scalar(node)
            case Kind.SEQUENCE:
                value = [self.data(item) for item in node.items]
            case Kind.MAPPING:
                value = self._mapping(node)
        self._done[id(node)] = value
        return value

    def _mapping(self, node: Node) -> dict[str, Any]:
        first: dict[str, Node] = {}
        for key, value in node.entries:
            if is_merge(key):
                self._merge(value)
            elif key.kind is not Kind.SCALAR:
                self._report("Y004", f"a key must be a string, not {key.describe()}", key)
            else:
                self._key(key, first)
        return {name: self.data(value) for name, (_, value) in members(node).items()}

    def _key(self, key: Node, first: dict[str, Node]) -> None:
        if key.tag is not None or key.reading is not Reading.TEXT:
            what = key.describe()
            self._report(
                "Y004",
                f"a key must be a string, and `{shortened(key.text)}` is {what}",
                key,
                help=f'quote it: "{shortened(key.text)}"',
            )
        if key.text in first:
            label = Label(self._span(first[key.text]), "first set here")
            message = f"the key `{shortened(key.text)}` stands twice in one mapping"
            self.found.append(error("Y003", message, self._span(key), help="keep one of them", labels=[label]))
        first.setdefault(key.text, key)

    def _merge(self, value: Node) -> None:
        origins = value.items if value.kind is Kind.SEQUENCE else [value]
        for origin in origins:
            if origin.kind is not Kind.MAPPING:
                self._report("Y004", "a merge key `<<` needs a mapping or a list of mappings", origin)
            else:
                self.data(origin)

    def _report(self, code: str, message: str, node: Node, help: str = "") -> None:
        self.found.append(error(code, message, self._span(node), help=help))

    def _span(self, node: Node) -> Span:
        return Span(node.start, node.end, self.source)


def _scalar(node: Node) -> Any:
    match node.reading:
        case Reading.TEXT:
            return node.text
        case Reading.NULL:
            return None
        case Reading.BOOLEAN:
            return boolean(node.text)
        case Reading.INTEGER | Reading.FLOAT:
            whole = integer(node.text)
            return math.nan if whole is None else whole
