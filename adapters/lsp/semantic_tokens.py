"""What each word of a text is: a keyword only where the grammar has one, a name of something, a value.

An editor's own colours go by the look of a word; here an environment called `test` is an environment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import partial
from typing import Any

from lsprotocol import types

from adapters.lsp.document import Document
from adapters.lsp.occurrences import written_names
from adapters.lsp.pieces import Piece, gaps
from grammar import nodes
from grammar.expressions import Path, Word
from grammar.parsing.lexer import REFERENCE, SCAN, SIGN, STRING, WORD
from grammar.parsing.tables import tables
from grammar.vocabulary import DECLARATIONS

_TYPES = (
    *("keyword", "comment", "string", "number", "operator", "namespace", "class", "interface", "struct", "function"),
    *("method", "property", "enumMember", "event", "variable", "parameter"),
)
LEGEND = types.SemanticTokensLegend(list(_TYPES), ["declaration"])

_NUMBER = {name: number for number, name in enumerate(_TYPES)}
_BY_KIND = {
    "environment": "namespace",
    "product": "class",
    "template": "interface",
    "policy": "struct",
    "flow": "function",
    "workflow": "method",
    "application": "class",
    "require": "event",
    "window": "event",
    "freeze": "event",
    "access": "event",
    "test": "string",
}
_COMMENT = re.compile(r"#[^\r\n]*")
_OPERATORS = frozenset({"==", "!=", "<", "<=", ">", ">=", "and", "or", "not", "in", "matches"})
_PARTS: dict[type[Any], tuple[str, ...]] = {}
_DIGITS = re.compile(r"-?[0-9][0-9:A-Za-z-]*\Z")


Token = tuple[int, int, int, bool]
"""A word: its offset, its length, the number of its type in `LEGEND`, and whether it is the name in a declaration."""


def semantic_tokens(document: Document, within: types.Range | None = None) -> types.SemanticTokens:
    """Return the words of a `.promo` text, as the protocol encodes them.

    Args:
        document: the text.
        within: only words of these lines; None for all.
    """
    lines, pieces = document.lines, document.pieces
    if pieces is None:
        return types.SemanticTokens([])
    start = 0 if within is None else lines.start(within.start.line)
    end = len(document.text) if within is None else lines.start(within.end.line + 1)
    found: list[Token] = []
    for first, last in gaps(pieces):
        if last >= start and first <= end:
            found += _comments(document.text, first, last)
    for at, piece in zip(pieces.starts, pieces.pieces, strict=True):
        if at + piece.length >= start and at <= end:
            own = piece.remember("tokens", partial(_tokens, document.text, piece, at))
            found += [(at + begin, length, kind, declares) for begin, length, kind, declares in own]
    found.sort()
    return types.SemanticTokens(_encoded(document, [token for token in found if start <= token[0] < end]))


def _encoded(document: Document, found: list[Token]) -> list[int]:
    """Return five numbers a token: lines and characters since the one before, length, type, modifiers."""
    lines, text = document.lines, document.text
    plain = text.isascii()
    units = lines.encoding.units
    data: list[int] = []
    line = character = number = 0
    for start, length, kind, declares in found:
        while lines.start(number + 1) <= start and number + 1 < lines.count:
            number += 1
        column = start - lines.start(number)
        if not plain:
            column, length = units(text[start - column : start]), units(text[start : start + length])
        data += (number - line, column - (character if number == line else 0), length, kind, int(declares))
        line, character = number, column
    return data


def _comments(text: str, start: int, end: int) -> Iterator[Token]:
    for match in _COMMENT.finditer(text, start, end):
        yield (match.start(), match.end() - match.start(), _NUMBER["comment"], False)


def _comments_from(text: str, start: int, end: int, base: int) -> Iterator[Token]:
    """Yield the comments between two places, counted from a third."""
    return ((at - base, length, kind, False) for at, length, kind, _ in _comments(text, start, end))


def _tokens(text: str, piece: Piece, start: int) -> tuple[Token, ...]:
    """Return the words of one declaration, from its beginning."""
    declarations = piece.at(start)[0]
    names = _names(declarations)
    found: list[Token] = []
    position, end = start, start + piece.length
    while position < end and (match := SCAN.match(text, position, end)) is not None:
        kind = match.lastindex
        if kind is None:
            # A character of no word, or what follows the last one.
            found += _comments_from(text, position, match.end(), start)
            position = match.end() + 1
            continue
        begin = match.start(WORD if kind == REFERENCE else kind)
        if begin > position:
            found += _comments_from(text, position, begin, start)
        position = match.end()
        word = text[begin:position]
        if kind == SIGN:
            types_of = "operator" if word in _OPERATORS else None
        elif kind == REFERENCE:
            types_of = "property"
        else:
            types_of = names.get(begin) or _look(
                word, string=kind == STRING, whole=bool(declarations), first=begin == start
            )
        if types_of is not None:
            name, _, declares = types_of.partition("!")
            found.append((begin - start, position - begin, _NUMBER[name], bool(declares)))
    return tuple(found)


def _look(word: str, *, string: bool, whole: bool, first: bool) -> str | None:
    """Return what a word is that no name was found in the place of."""
    if string:
        return "string"
    if word in _OPERATORS:
        return "operator"
    if _DIGITS.match(word):
        return "number"
    if whole or word in tables().keywords or (first and word in DECLARATIONS):
        return "keyword" if word in tables().keywords else "enumMember"
    return "variable"


def _names(declarations: tuple[nodes.Declaration, ...]) -> dict[int, str]:
    """Return what stands at each offset where a declaration has a name."""
    found: dict[int, str] = {}
    for declaration in declarations:
        for node in _walk(declaration):
            match node:
                case nodes.Pair():
                    found[node.key.span.start] = "property"
                case nodes.Name():
                    found.setdefault(node.span.start, "enumMember")
                case Word():
                    found.setdefault(node.span.start, "enumMember")
                case Path():
                    found[node.span.start] = "property"
                case _:
                    pass
        for one in written_names(declaration):
            found[one.span.start] = _BY_KIND[one.kind] + ("!" if not one.declares else "!declares")
    return {start: name.removesuffix("!") for start, name in found.items()}


def _walk(value: object) -> Iterator[object]:
    if type(value) is tuple:
        for item in value:
            yield from _walk(item)
    elif is_dataclass(value):
        yield value
        for name in _parts(type(value)):
            yield from _walk(getattr(value, name))


def _parts(kind: type[Any]) -> tuple[str, ...]:
    """Return the fields of a node that may hold names, looked up once."""
    known = _PARTS.get(kind)
    if known is None:
        known = _PARTS[kind] = tuple(part.name for part in fields(kind) if not part.name.endswith("span"))
    return known
