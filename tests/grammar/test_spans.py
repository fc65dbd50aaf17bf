"""Spans cover what was written: the text of a node parses to the node again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from hypothesis import given, settings

from grammar import expressions as ex
from grammar import nodes
from grammar.format import print_file
from grammar.lexical import unquote
from grammar.parser import parse, parse_declaration
from grammar.span import Span
from tests.support.ast_strategies import KEYWORDS, conditions, files
from tests.support.effort import examples

CONDITIONS = (ex.And, ex.Or, ex.Not, ex.Comparison, ex.Passed)


def nodes_of(value: object) -> Iterator[Any]:
    """Yield every node below a value, parents first."""
    if isinstance(value, tuple) and not isinstance(value, Span):
        for part in value:
            yield from nodes_of(part)
    elif is_dataclass(value):
        yield value
        for field in fields(value):
            yield from nodes_of(getattr(value, field.name))


@settings(max_examples=examples(400))
@given(files(2))
def test_the_text_of_a_span_is_the_node(file: nodes.File) -> None:
    text = print_file(file)
    for node in nodes_of(parse(text, "a.promo").file.declarations):
        span = getattr(node, "span", None)
        if span is None:
            continue
        assert span.source == "a.promo"
        written = text[span.start : span.end]
        assert written == written.strip()
        if isinstance(node, nodes.Name):
            assert written == node.text or unquote(written) == node.text
        elif isinstance(node, nodes.StringValue):
            assert unquote(written) == node.text
        elif isinstance(node, CONDITIONS):
            (again,) = parse(f"policy p {{ when {written} }}").file.declarations
            assert again == nodes.Policy(nodes.Name("p"), None, (nodes.When(node),))
        elif not isinstance(node, nodes.DurationValue | nodes.ApprovalsValue) and type(node).__module__ != ex.__name__:
            assert written.split()[0] in KEYWORDS


@settings(max_examples=examples(200))
@given(conditions)
def test_a_span_includes_the_parentheses_around_it(condition: ex.Expression) -> None:
    text = print_file(nodes.File("", (nodes.Policy(nodes.Name("p"), None, (nodes.When(condition),)),)))
    (policy,) = parse(text).file.declarations
    for node in nodes_of(policy):
        if isinstance(node, CONDITIONS):
            written = text[node.span.start : node.span.end]
            outside_strings = "".join(written.split('"')[::2]) if "\\" not in written else ""
            assert outside_strings.count("(") == outside_strings.count(")")


@settings(max_examples=100)
@given(files(3))
def test_a_declaration_parsed_alone_has_the_spans_it_has_in_its_file(file: nodes.File) -> None:
    text = print_file(file)
    for declaration in parse(text, "a").file.declarations:
        span = declaration.span
        alone = parse_declaration(text[span.start : span.end], "a", span.start).file.declarations
        assert [getattr(node, "span", None) for node in nodes_of(alone)] == [
            getattr(node, "span", None) for node in nodes_of((declaration,))
        ]
