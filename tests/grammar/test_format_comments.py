"""Comments survive formatting: every one of them, in order, wherever it stands."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grammar.format import format_text, print_file
from grammar.nodes import File
from grammar.parser import parse
from tests.support.ast_strategies import files
from tests.support.boundaries import boundaries
from tests.support.effort import examples

_STRING_OR_COMMENT = re.compile(r'"(?:[^"\\\n]|\\[^\n])*"|#[^\n]*')

fillings = st.sampled_from(["", "", "", " ", "\n", "\n\n\n", "#\n", " # c\n", "\n# c\n", "\n\n  # c\n\n", "# c\n# c\n"])


def comments(text: str) -> list[str]:
    return [found for found in _STRING_OR_COMMENT.findall(text) if found[0] == "#"]


def with_comments(file: File, data: st.DataObject) -> str:
    """Return a file's text with white space and numbered comments between its tokens."""
    text = print_file(file)
    pieces = []
    end = 0
    for start, stop in boundaries(text):
        pieces += [text[end:start], data.draw(fillings), text[start:stop]]
        end = stop
    pieces += [text[end:], data.draw(fillings)]
    numbers = iter(range(10_000))
    return re.sub("# c", lambda _: f"# c{next(numbers)}", "".join(pieces))


@settings(max_examples=examples(1_000))
@given(files(2), st.data())
def test_every_comment_is_kept_in_order_and_a_second_pass_changes_nothing(file: File, data: st.DataObject) -> None:
    text = with_comments(file, data)
    formatted = format_text(text).text
    assert formatted is not None
    assert comments(formatted) == comments(text)
    assert parse(formatted).file == parse(text).file == file
    assert format_text(formatted).text == formatted


@settings(max_examples=examples(300))
@given(files(3), st.data())
def test_the_layout_is_tidy(file: File, data: st.DataObject) -> None:
    formatted = format_text(with_comments(file, data)).text
    assert formatted is not None
    lines = formatted.split("\n")
    assert all(line == line.rstrip() for line in lines)
    assert "\n\n\n" not in formatted
    assert "\t" not in formatted
    assert formatted == "" or (formatted.endswith("\n") and not formatted.endswith("\n\n"))
    assert not formatted.startswith("\n")


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("# only a comment", "# only a comment\n"),
        ("\n\n# a\n\n\n# b\n", "# a\n\n# b\n"),
        ("policy p { # why\n}", "policy p { # why\n}\n"),
        ("policy p {\n # inside\n}", "policy p {\n  # inside\n}\n"),
        ("policy # name\n p {}", "policy p { # name\n}\n"),
        ("# above\npolicy p\n# middle\n{}", "# above\n# middle\npolicy p {}\n"),
        ("policy p {} # end\n# last", "policy p {} # end\n# last\n"),
        ("flow f { step a after b { # x\n } # y\n }", "flow f {\n  step a after b # x\n  # y\n}\n"),
        ("environment e { kind prod # why\n}", "environment e {\n  kind prod # why\n}\n"),
        ("environment e { tags a, # one\n b # two\n}", "environment e {\n  tags\n    a, # one\n    b # two\n}\n"),
        ("policy p { when a == b # one\n and c == d\n}", "policy p {\n  when a == b # one\n    and c == d\n}\n"),
        ("policy p { when a == # one\n b }", "policy p {\n  when a == b # one\n}\n"),
        (
            "policy p { when a in [x, # ex\n y] }",
            "policy p {\n  when a in [\n    x, # ex\n    y\n  ]\n}\n",
        ),
    ],
)
def test_where_comments_go(written: str, wanted: str) -> None:
    assert format_text(written).text == wanted
    assert format_text(wanted).text == wanted
