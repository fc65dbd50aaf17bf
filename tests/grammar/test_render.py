"""Diagnostics as text: the place, the line, the mark; nothing that drives a terminal."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from grammar.diagnostics import Label, error, warning
from grammar.render import printable, render
from grammar.span import SourceText, Span


def shown(text: str, span: Span, *, label: Label | None = None, message: str = "wrong", colour: bool = False) -> str:
    found = error("S001", message, span, help="do this", labels=[label] if label else [])
    return render(found, {"a.promo": SourceText("a.promo", text)}, colour=colour)


def test_the_line_is_shown_with_its_mark() -> None:
    assert shown("policy x {\n  acton pr\n}\n", Span(13, 18, "a.promo")) == (
        "error[S001]: wrong\n --> a.promo:2:3\n  |\n2 |   acton pr\n  |   ^^^^^\n  = help: do this"
    )


def test_a_second_place_is_marked_by_dashes() -> None:
    text = shown("a\nb\n", Span(0, 1, "a.promo"), label=Label(Span(2, 3, "a.promo"), "set here"))
    assert " ::: a.promo:2:1\n  |\n2 | b\n  | - set here" in text


def test_a_place_in_an_unknown_source_is_named_without_its_line() -> None:
    text = shown("a", Span(0, 1, "a.promo"), label=Label(Span(5, 6, "b.yaml"), "also here"))
    assert " ::: b.yaml\n  | also here" in text
    assert render(warning("S016", "x", Span(3, 4, "c.yaml")), {}) == "warning[S016]: x\n --> c.yaml"


def test_the_end_of_a_text_and_an_empty_text_can_be_marked() -> None:
    assert shown("ab", Span(2, 3, "a.promo")).splitlines()[-2] == "  |   ^"
    assert shown("", Span(0, 0, "a.promo")).splitlines()[-2] == "  | ^"


def test_tabs_count_as_four_columns() -> None:
    lines = shown("\tab", Span(1, 3, "a.promo")).splitlines()
    assert lines[3:5] == ["1 |     ab", "  |     ^^"]


def test_a_long_line_is_cut_around_the_mark() -> None:
    lines = shown("x" * 5_000 + "HERE" + "y" * 5_000, Span(5_000, 5_004, "a.promo")).splitlines()
    assert all(len(line) < 200 for line in lines)
    column = lines[4].index("^")
    assert lines[3][column : column + 4] == "HERE"


def test_a_mark_does_not_run_over_the_line() -> None:
    assert shown("ab\ncd", Span(1, 5, "a.promo")).splitlines()[4] == "  |  ^"


def test_control_characters_are_escaped_everywhere() -> None:
    found = shown(
        "\x1b[31mred\x07",
        Span(0, 3, "a.promo"),
        label=Label(Span(0, 1, "a.promo"), "\x1b]0;title\x07"),
        message="\x1b[2J\u202e\r",
    )
    assert found.replace("\n", "").isprintable()
    assert "\\x1b[2J" in found


@settings(max_examples=300)
@given(st.text(max_size=30), st.integers(0, 30), st.integers(0, 30), st.text(max_size=5))
def test_whatever_is_shown_is_printable(text: str, start: int, length: int, message: str) -> None:
    found = shown(text, Span(start, start + length, "a.promo"), message=message)
    assert found.replace("\n", "").isprintable()


def test_colours_are_only_there_when_asked_for() -> None:
    plain, coloured = (shown("a", Span(0, 1, "a.promo"), colour=colour) for colour in (False, True))
    assert "\x1b" not in plain
    assert "\x1b[1;31m" in coloured


def test_printable_keeps_what_can_be_printed() -> None:
    assert printable("a \u00fc \U0001f680") == "a \u00fc \U0001f680"
    assert printable("\n\u202e\x00") == "\\n\\u202e\\x00"
