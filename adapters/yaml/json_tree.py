"""Composes the position tree of a JSON file.

Its own reader, because YAML readers refuse some JSON (escaped surrogate pairs, tabs, long keys) and take
``1e5`` for a string.
"""

from __future__ import annotations

import json
import re
from typing import NoReturn, cast

from adapters.yaml.limits import MAX_DEPTH, MAX_VALUES
from adapters.yaml.node import Document, Kind, Node
from adapters.yaml.refusal import RefusalError
from adapters.yaml.values import Typed

_BLANK = re.compile(r"[ \t\r\n]*")
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?P<fraction>\.[0-9]+)?(?P<exponent>[eE][-+]?[0-9]+)?")
_WORD = re.compile(r"true|false|null")
_WORDS = {"true": Typed("bool", "true"), "false": Typed("bool", "false"), "null": Typed("null", "null")}


def compose_json(text: str, mark: str) -> Document:
    """Return the position tree of a JSON text.

    Of a key that stands more than once in an object the last one counts, as every common reader has it.

    Args:
        text: the text, without a byte order mark.
        mark: the byte order mark that preceded it, or nothing.

    Raises:
        RefusalError: the text is not JSON, or larger or deeper than the limits.
    """
    reader = _Reader(text)
    root = reader.read()
    return Document(text, mark, (root,), (), is_json=True)


class _Reader:
    """One run over a JSON text; iterative, so that depth costs no stack."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.count = 0

    def refuse(self, reason: str) -> NoReturn:
        line, column = Document(self.text, "", (), (), is_json=True).place(self.at)
        raise RefusalError(reason, line, column)

    def blank(self) -> str:
        """Skip white space and return the character that follows, or nothing at the end."""
        match = _BLANK.match(self.text, self.at)
        self.at = match.end() if match else self.at
        return self.text[self.at : self.at + 1]

    def read(self) -> Node:
        """Read the whole text."""
        stack: list[Node] = []
        node = self._next(stack)
        while stack:
            node = self._continue(stack)
        if self.blank():
            self.refuse("not valid JSON: something follows the value")
        return node

    def _next(self, stack: list[Node]) -> Node:
        """Read a scalar, or open a collection and put it on the stack."""
        self.count += 1
        if self.count > MAX_VALUES:
            self.refuse(f"more than {MAX_VALUES} values")
        char = self.blank()
        if char not in ("{", "["):
            return self._scalar(char)
        if len(stack) >= MAX_DEPTH:
            self.refuse(f"more than {MAX_DEPTH} collections inside each other")
        node = Node(Kind.MAPPING if char == "{" else Kind.SEQUENCE, self.at, self.at, None, "", "flow", None, None, [])
        stack.append(node)
        self.at += 1
        return node

    def _continue(self, stack: list[Node]) -> Node:
        """Read on in the innermost open collection; return it if that closes it."""
        node = stack[-1]
        children = cast("list[Node]", node.children)
        closing = "}" if node.kind is Kind.MAPPING else "]"
        char = self.blank()
        if char == closing:
            return self._close(stack)
        if node.children:
            if char != ",":
                self.refuse(f"not valid JSON: expected `,` or `{closing}`")
            self.at += 1
        if node.kind is Kind.MAPPING:
            if self.blank() != '"':
                self.refuse("not valid JSON: expected a key in double quotes")
            key = self._scalar('"')
            if self.blank() != ":":
                self.refuse("not valid JSON: expected `:`")
            self.at += 1
            children.append(key)
        elif node.children and self.blank() == "]":
            self.refuse("not valid JSON: a `,` before `]`")
        children.append(self._next(stack))
        return node

    def _close(self, stack: list[Node]) -> Node:
        node = stack.pop()
        self.at += 1
        node.end = self.at
        if node.kind is Kind.MAPPING:
            node.value = {key.text: item.value for key, item in node.entries()}
        else:
            node.value = [item.value for item in node.children]
        return node

    def _scalar(self, char: str) -> Node:
        start = self.at
        if char == '"' and (match := _STRING.match(self.text, start)):
            self.at = match.end()
            value = json.loads(match.group())
            return Node(Kind.SCALAR, start, self.at, value, value, '"')
        if match := _NUMBER.match(self.text, start):
            self.at = match.end()
            kind = "float" if match["fraction"] or match["exponent"] else "int"
            return Node(Kind.SCALAR, start, self.at, Typed(kind, match.group()), match.group())
        if match := _WORD.match(self.text, start):
            self.at = match.end()
            return Node(Kind.SCALAR, start, self.at, _WORDS[match.group()], match.group())
        self.refuse("not valid JSON: expected a value" if char else "not valid JSON: the text ends too early")
