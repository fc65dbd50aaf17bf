"""What stands before the cursor, and what may come next: the parser itself says which words can follow."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from adapters.lsp.pieces import Pieces
from grammar.limits import DEFAULT_LIMITS
from grammar.parsing.driver import Driver, LimitError, StoppedError, acceptable
from grammar.parsing.lexer import REFERENCE, SCAN, WORD
from grammar.parsing.tables import tables

_WORD_BEFORE = re.compile(r"[A-Za-z0-9_.:-]*\Z")
_CUT = re.compile(
    r'"[^"\\\r\n]*+(?:\\[^\r\n][^"\\\r\n]*+)*+"|(?P<string>"[^"\r\n]*\Z)|(?P<comment>#[^\r\n]*(?P<end>\Z)?)'
)
_OF_CHUNK = re.compile(r"[^{]*\{")


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a text where something is about to be written.

    Attributes:
        start: offset where what is being written begins; the cursor is behind it.
        written: what is there of it so far; with its opening quote, for a string.
        tokens: the words and signs before it, from the beginning of the declaration.
        expected: the terminals of the grammar that may stand here.
        comment: whether it is in a comment, where anything may stand.
    """

    start: int
    written: str
    tokens: tuple[str, ...]
    expected: frozenset[str]
    comment: bool = False

    @property
    def in_string(self) -> bool:
        """Whether a string is being written."""
        return self.written.startswith('"')

    @property
    def declaration(self) -> str:
        """The keyword of the declaration it is in; empty between declarations."""
        return self.tokens[0] if self.tokens else ""


def cursor_at(pieces: Pieces, offset: int) -> Cursor:
    """Return what is known about a place in a text. Cost: O(the declaration)."""
    start = _chunk_start(pieces, offset)
    before = pieces.text[start:offset]
    cut = _last_cut(before)
    if cut is not None and cut["comment"] is not None:
        return Cursor(offset, "", (), frozenset(), comment=True)
    begin = cut.start() if cut is not None else _word_start(before)
    prefix, written = before[:begin], before[begin:]
    expected = _expected(prefix)
    tokens = tuple(_tokens(prefix))
    if expected is None:
        # The declaration is complete before the cursor: what comes next is another one.
        return Cursor(start + begin, written, (), _expected("") or frozenset())
    return Cursor(start + begin, written, tokens, expected)


def _chunk_start(pieces: Pieces, offset: int) -> int:
    """Return where the declaration begins that a place is in or right behind of."""
    found = [start for start in pieces.starts if start < offset]
    return found[-1] if found else 0


def _last_cut(before: str) -> re.Match[str] | None:
    """Return the comment or the unfinished string that a text ends in."""
    last = None
    for match in _CUT.finditer(before):
        last = match
    if last is None or last.end() != len(before):
        return None
    return last if last["string"] is not None or last["comment"] is not None else None


def _word_start(before: str) -> int:
    match = _WORD_BEFORE.search(before)
    assert match is not None, "the expression matches the empty text"
    return match.start()


@lru_cache(maxsize=1)
def _driver() -> Driver:
    """Return a parser that makes nothing."""
    return Driver(tables(), {}, DEFAULT_LIMITS)


def _expected(prefix: str) -> frozenset[str] | None:
    """Return the terminals that may follow a beginning of a declaration; None where it is a whole one."""
    for attempt in _attempts(prefix):
        try:
            _driver().parse(attempt, 1, None)
        except StoppedError as stopped:
            if stopped.stop.at_end:
                return frozenset(acceptable(tables(), stopped.stop))
        except LimitError:
            return frozenset()
        else:
            if attempt.strip():
                return None
            return frozenset({"ENVIRONMENT", "PRODUCT", "TEMPLATE", "POLICY", "FLOW", "REQUIRE"}) | frozenset(
                {"WINDOW", "FREEZE", "ACCESS", "TEST"}
            )
    return frozenset()


def _attempts(prefix: str) -> Iterator[str]:
    """Yield the prefix; then, where it is broken further up, its head with ever less of what follows."""
    yield prefix
    head = _OF_CHUNK.match(prefix)
    if head is not None:
        lines = prefix[head.end() :].splitlines(keepends=True)
        if lines:
            yield head[0] + lines[-1]
        yield head[0]


def _tokens(prefix: str) -> Iterator[str]:
    position = 0
    while (match := SCAN.match(prefix, position)) is not None and match.lastindex is not None:
        kind = match.lastindex
        yield match[WORD] + match[REFERENCE] if kind == REFERENCE else match[kind]
        position = match.end()
