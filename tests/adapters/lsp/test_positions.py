"""Places in texts with characters of every width, and every kind of line break."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types

from adapters.lsp.document import Document
from adapters.lsp.positions import Encoding, Lines
from grammar.span import Span
from tests.support.lsp_client import position

TEXTS = st.text(st.sampled_from('ab "{}\t\r\n\u2028\x0b\x85\u00e9\u20ac\U0001f680\U0001f1e9\ud83d\u0301'), max_size=40)


@given(TEXTS, st.data())
def test_every_offset_has_the_position_that_is_counted_by_hand(text: str, data: st.DataObject) -> None:
    lines = Lines(text)
    offset = data.draw(st.integers(0, len(text)))
    inside_of_a_break = text[max(0, offset - 1) : offset + 1] == "\r\n" and offset > 0
    found = lines.position(offset)
    if not inside_of_a_break:
        assert (found.line, found.character) == tuple(position(text, offset).values())
        assert lines.offset(found) == offset


@pytest.mark.parametrize("encoding", Encoding)
@given(TEXTS)
def test_there_and_back_in_every_encoding(encoding: Encoding, text: str) -> None:
    lines = Lines(text, encoding)
    for number in range(lines.count):
        start = lines.start(number)
        for column in range(len(lines.line(number)) + 1):
            where = lines.position(start + column)
            assert where.line == number
            width = len(
                lines.line(number)[:column].encode(
                    encoding.value + ("-le" if encoding.value != "utf-8" else ""), "surrogatepass"
                )
            )
            assert where.character == width // {"utf-8": 1, "utf-16": 2, "utf-32": 4}[encoding.value]
            assert lines.offset(where) == start + column


def test_places_that_do_not_exist_are_moved_to_ones_that_do() -> None:
    lines = Lines("a\U0001f680b\r\nsecond")
    assert lines.offset(types.Position(0, 2)) == 1, "in the middle of a character: its beginning"
    assert lines.offset(types.Position(0, 3)) == 2
    assert lines.offset(types.Position(0, 99)) == 3, "past the end of a line: its end, before the break"
    assert lines.offset(types.Position(1, 99)) == len(lines.text)
    assert lines.offset(types.Position(7, 0)) == len(lines.text)
    assert lines.range(Span(2, 5, "x")) == types.Range(types.Position(0, 3), types.Position(1, 0))
    assert Lines("").position(5) == types.Position(0, 0)
    assert Lines("a\n").count == 2


@given(TEXTS, st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50), TEXTS), max_size=4))
def test_edits_make_the_text_they_describe(text: str, edits: list[tuple[int, int, str]]) -> None:
    document = Document("file:///a.promo", "/a.promo", "a.promo", 1, text, Encoding.UTF_16)
    for number, (first, second, new) in enumerate(edits, 2):
        start, end = sorted((min(first, len(text)), min(second, len(text))))
        lines = Lines(text)
        change = types.TextDocumentContentChangePartial(types.Range(lines.position(start), lines.position(end)), new)
        # Inside of a line break there is no place: the protocol means the end of the line.
        start, end = lines.offset(change.range.start), lines.offset(change.range.end)
        (edit,) = document.apply([change], number)
        before, text = text, text[:start] + new + text[end:]
        assert document.text == text
        assert before[: edit.start] + text[edit.start : edit.new_end] + before[edit.old_end :] == text
        assert document.pieces is not None
        assert document.pieces.text == text


@given(TEXTS, TEXTS)
def test_a_text_that_is_sent_whole_is_one_edit_of_what_differs(before: str, after: str) -> None:
    document = Document("file:///a.promo", "/a.promo", "a.promo", 1, before, Encoding.UTF_16)
    (edit,) = document.apply([types.TextDocumentContentChangeWholeDocument(after)], 2)
    assert before[: edit.start] + after[edit.start : edit.new_end] + before[edit.old_end :] == after
    assert document.text == after
    if before == after:
        assert edit.old_end == edit.start == edit.new_end
