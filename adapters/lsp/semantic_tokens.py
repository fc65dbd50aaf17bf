"""What each word of a text is: a keyword only where the grammar has one, a name of something, a value.

An editor's own colours go by the look of a word; here an environment called `test` is an environment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import partial
from typing import NamedTuple

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
_DIGITS = re.compile(r"-?[0-9][0-9:A-Za-z-]*\Z")


class Token(NamedTuple):
    """A word of a text.

    Attributes:
        start: its offset, from the beginning of its piece or text.
        length: in characters.
        type: a number of `LEGEND`.
        declares: whether it is the name in a declaration.
    """

    start: int
    length: int
    type: int
    declares: bool = False


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
            found += [token._replace(start=at + token.start) for token in own]
    found.sort()
    return types.SemanticTokens(list(_encoded(document, (token for token in found if start <= token.start < end))))


def _encoded(document: Document, found: Iterator[Token]) -> Iterator[int]:
    """Yield five numbers a token: lines and characters since the one before, length, type, modifiers."""
    lines = document.lines
    line = character = 0
    for token in found:
        begin = lines.position(token.start)
        length = lines.encoding.units(document.text[token.start : token.start + token.length])
        yield begin.line - line
        yield begin.character - (character if begin.line == line else 0)
        yield length
        yield token.type
        yield 1 if token.declares else 0
        line, character = begin.line, begin.character


def _comments(text: str, start: int, end: int) -> Iterator[Token]:
    for match in _COMMENT.finditer(text, start, end):
        yield Token(match.start(), match.end() - match.start(), _NUMBER["comment"])


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
            found += [token._replace(start=token.start - start) for token in _comments(text, position, match.end())]
            position = match.end() + 1
            continue
        begin = match.start(WORD if kind == REFERENCE else kind)
        found += [token._replace(start=token.start - start) for token in _comments(text, position, begin)]
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
            found.append(Token(begin - start, position - begin, _NUMBER[name], bool(declares)))
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
    if isinstance(value, tuple):
        for item in value:
            yield from _walk(item)
    elif is_dataclass(value):
        yield value
        for part in fields(value):
            if not part.name.endswith("span"):
                yield from _walk(getattr(value, part.name))
