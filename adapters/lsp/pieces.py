"""A `.promo` text, parsed declaration by declaration, so that an edit costs the declarations it touches."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any, TypeVar

from adapters.lsp.relocation import shifted
from grammar.chunks import Chunk, chunks
from grammar.diagnostics import Diagnostic, in_order
from grammar.limits import DEFAULT_LIMITS
from grammar.nodes import Declaration, File
from grammar.parser import Parsed, parse, parse_declaration

_Kept = TypeVar("_Kept")


class Piece:
    """What one declaration's text gave, wherever that text stands.

    It remembers the last place it was asked for, so that a second answer for the same place costs nothing.
    """

    __slots__ = ("_at", "_kept", "length")

    def __init__(self, text: str, source: str, start: int) -> None:
        """Parse a declaration's text, which stands at an offset of its source."""
        self.length = len(text)
        parsed = parse_declaration(text, source, start)
        self._at = (start, parsed.file.declarations, parsed.diagnostics)
        self._kept: dict[str, tuple[Any, ...]] = {}

    def remember(self, what: str, make: Callable[[], tuple[_Kept, ...]]) -> tuple[_Kept, ...]:
        """Return what somebody makes of the text, made once; nothing in it may depend on where the text stands."""
        if what not in self._kept:
            self._kept[what] = make()
        return self._kept[what]

    def at(self, start: int) -> tuple[tuple[Declaration, ...], tuple[Diagnostic, ...]]:
        """Return the declarations and what is wrong, as they are where the text stands at an offset."""
        known, declarations, diagnostics = self._at
        if known != start:
            delta = start - known
            declarations, diagnostics = shifted(declarations, delta), shifted(diagnostics, delta)
            # One assignment, so that two threads that ask at once never see halves of two answers.
            self._at = (start, declarations, diagnostics)
        return declarations, diagnostics

    @property
    def broken(self) -> bool:
        """Whether something is wrong with the text."""
        return bool(self._at[2])


class Pieces:
    """A text and its declarations; a new one is made for each edit, and shares what did not change."""

    __slots__ = ("pieces", "source", "starts", "text")

    def __init__(self, source: str, text: str, starts: list[int], pieces: list[Piece]) -> None:
        """Hold what `of` or `edited` found."""
        self.source = source
        self.text = text
        self.starts = starts
        self.pieces = pieces

    @classmethod
    def of(cls, source: str, text: str) -> Pieces:
        """Parse a text. Cost: O(length)."""
        if len(text) > DEFAULT_LIMITS.file_size:
            return cls(source, text, [], [])
        found = list(chunks(text))
        pieces = [Piece(text[chunk.start : chunk.end], source, chunk.start) for chunk in found]
        return cls(source, text, [chunk.start for chunk in found], pieces)

    def edited(self, text: str, start: int, old_end: int, new_end: int) -> Pieces:
        """Return the text after an edit: declarations before and after it are kept as they are.

        Args:
            text: the whole new text.
            start: offset of the edit.
            old_end: offset, in this text, past what was replaced.
            new_end: offset, in the new one, past what replaced it.

        Returns:
            The new text with its declarations. Cost: a parse of what was touched, and of the rest only its number of
            declarations.
        """
        if max(len(text), len(self.text)) > DEFAULT_LIMITS.file_size:
            return Pieces.of(self.source, text)
        delta = new_end - old_end
        first = self._before(start)
        old_starts, old_pieces = self.starts, self.pieces
        starts: list[int] = []
        pieces: list[Piece] = []
        resumed = len(old_pieces)
        for chunk in _chunks_from(text, self._end(first - 1)):
            known = bisect_left(old_starts, chunk.start - delta)
            if chunk.start >= new_end and self._is(known, chunk.start - delta, chunk.end - delta):
                # From here on nothing differs: same text, same state of the reader.
                resumed = known
                break
            kept = bisect_left(old_starts, chunk.start)
            starts.append(chunk.start)
            if chunk.end < start and self._is(kept, chunk.start, chunk.end):
                pieces.append(old_pieces[kept])
            else:
                pieces.append(Piece(text[chunk.start : chunk.end], self.source, chunk.start))
        return Pieces(
            self.source,
            text,
            [*old_starts[:first], *starts, *[old + delta for old in old_starts[resumed:]]],
            [*old_pieces[:first], *pieces, *old_pieces[resumed:]],
        )

    def _before(self, offset: int) -> int:
        """Return the index of the last piece that ends before an offset, touching it not; 0 where none does."""
        index = bisect_left(self.starts, offset)
        while index > 0 and self._end(index - 1) >= offset:
            index -= 1
        return max(0, index - 1)

    def _end(self, index: int) -> int:
        """Return where a piece ends; 0 before the first."""
        return self.starts[index] + self.pieces[index].length if index >= 0 else 0

    def _is(self, index: int, start: int, end: int) -> bool:
        """Say whether a piece has these bounds."""
        return index < len(self.starts) and self.starts[index] == start and self._end(index) == end

    def piece_at(self, offset: int) -> int | None:
        """Return the index of the piece an offset is in or at the end of; None between pieces."""
        index = bisect_left(self.starts, offset + 1) - 1
        return index if index >= 0 and offset <= self._end(index) else None

    def bounds(self, index: int) -> tuple[int, int]:
        """Return where a piece begins and ends."""
        return self.starts[index], self._end(index)

    def declarations(self) -> Iterator[Declaration]:
        """Yield every declaration that is whole."""
        for start, piece in zip(self.starts, self.pieces, strict=True):
            yield from piece.at(start)[0]

    def parsed(self) -> Parsed:
        """Return what `grammar.parser.parse` returns for the text."""
        if self._needs_whole():
            return parse(self.text, self.source)
        found: list[Diagnostic] = []
        if not self.text.isascii():
            from grammar.explaining.characters import deceptive, undecodable

            if undecodable(self.text, self.source) is not None:
                return parse(self.text, self.source)
            found += deceptive(self.text, self.source, DEFAULT_LIMITS.diagnostics + 1)
        declarations: list[Declaration] = []
        for start, piece in zip(self.starts, self.pieces, strict=True):
            made, wrong = piece.at(start)
            declarations += made
            found += wrong
        if len(found) > DEFAULT_LIMITS.diagnostics:
            return parse(self.text, self.source)
        return Parsed(File(self.source, tuple(declarations)), in_order(found))

    def _needs_whole(self) -> bool:
        """Say whether the text cannot be judged declaration by declaration.

        That is so for one that is too large or of another language, and where `require` and its name stand on two
        lines and the name is also a keyword: the only good text that the cut into declarations divides wrongly.
        """
        if len(self.text) > DEFAULT_LIMITS.file_size:
            return True
        broken = [index for index, piece in enumerate(self.pieces) if piece.broken]
        if not broken:
            return False
        from grammar.explaining import foreign_language

        if foreign_language(self.text, self.source) is not None:
            return True
        return any(self.text[start:end] == "require" for start, end in map(self.bounds, broken))


def _chunks_from(text: str, end: int) -> Iterator[Chunk]:
    """Yield the chunks behind one that ends at an offset, as if the text had been read from its beginning."""
    if end == 0:
        yield from chunks(text)
        return
    # A brace in place of what came before leaves the reader in the state it is in behind any chunk.
    shift = end - 1
    found = chunks("}" + text[end:])
    next(found)
    for chunk in found:
        yield Chunk(chunk.start + shift, chunk.end + shift)


def gaps(pieces: Pieces) -> Iterator[tuple[int, int]]:
    """Yield the bounds of what stands between declarations: white space and comments."""
    edges = [0, *(edge for index in range(len(pieces.pieces)) for edge in pieces.bounds(index)), len(pieces.text)]
    for number, (start, end) in enumerate(pairwise(edges)):
        if number % 2 == 0:
            yield start, end
