"""Laws of the printer and the formatter, over every AST a text can have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grammar import expressions as ex
from grammar.format import format_text, print_declaration, print_file
from grammar.nodes import Declaration, File, Name, Policy, When
from grammar.parser import parse
from tests.support.ast_strategies import conditions, declarations, files
from tests.support.effort import examples

pytestmark = pytest.mark.long


def quoted_none(value: object) -> Iterator[bool]:
    """Yield, for each name `none` in order, whether it is the workflow in quotes."""
    if isinstance(value, Name) and value.text == "none":
        yield value.quoted
    elif isinstance(value, tuple):
        for part in value:
            yield from quoted_none(part)
    elif is_dataclass(value):
        for field in fields(value):
            yield from quoted_none(getattr(value, field.name))


@settings(max_examples=examples(1_500))
@given(declarations)
def test_parsing_what_was_printed_gives_the_same_declaration(declaration: Declaration) -> None:
    parsed = parse(print_declaration(declaration))
    assert parsed.diagnostics == ()
    assert parsed.file.declarations == (declaration,)
    assert list(quoted_none(parsed.file.declarations)) == list(quoted_none(declaration))


@settings(max_examples=examples(1_000))
@given(files())
def test_printed_text_is_in_canonical_layout(file: File) -> None:
    text = print_file(file)
    assert format_text(text).text == text


@settings(max_examples=examples(1_000))
@given(conditions)
def test_needless_parentheses_go_and_needed_ones_stay(condition: ex.Expression) -> None:
    policy = Policy(Name("p"), None, (When(condition),))
    plain = print_declaration(policy)
    wrapped = plain.replace("when ", f"when {'(' * 3}", 1).rstrip().removesuffix("}") + ")))\n}"
    assert format_text(wrapped).text == plain
    assert parse(wrapped).file.declarations == (policy,)


@settings(max_examples=examples(300))
@given(declarations, st.sampled_from(["\r\n", "\r", " \f\n\t"]))
def test_line_breaks_indentation_and_a_byte_order_mark_do_not_matter(declaration: Declaration, line_break: str) -> None:
    plain = print_declaration(declaration)
    assert format_text("\ufeff" + plain.replace("\n", line_break)).text == plain
