"""Lines and columns."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grammar.span import Position, SourceText

texts = st.text(st.sampled_from("ab\n\r\t \x0b\x0c\x1c\x85\u2028\u00fc\U0001f680"), max_size=20)


@settings(max_examples=500)
@given(texts)
def test_lines_end_where_editors_end_them(text: str) -> None:
    lines = re.split(r"\r\n|\r|\n", text)
    source = SourceText("x", text)
    assert [source.line(number) for number in range(1, len(lines) + 1)] == lines
    assert source.line(len(lines) + 1) == source.line(0) == ""


@settings(max_examples=500)
@given(texts, st.integers(-2, 25))
def test_places_and_offsets_are_inverse(text: str, offset: int) -> None:
    source = SourceText("x", text)
    line, column = source.position(offset)
    assert source.offset(line, column) == max(0, min(offset, len(text)))


@pytest.mark.parametrize(
    ("text", "offset", "place"),
    [
        ("", 0, Position(1, 1)),
        ("ab\ncd", 3, Position(2, 1)),
        ("ab\ncd", 2, Position(1, 3)),
        ("ab\r\ncd", 4, Position(2, 1)),
        ("a\rb", 2, Position(2, 1)),
        ("\u00fc\U0001f680x", 2, Position(1, 3)),
        ("a\n", 2, Position(2, 1)),
        ("a", 99, Position(1, 2)),
    ],
)
def test_places(text: str, offset: int, place: Position) -> None:
    assert SourceText("x", text).position(offset) == place
