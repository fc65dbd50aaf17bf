"""The nodes of conditions: one function a rule of `promo.lark`, given the rule's tokens and finished children."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from grammar import expressions as ex
from grammar.diagnostics import error
from grammar.lexical import BadEscapeError
from grammar.parsing.build import Build, Children, bad_escape
from grammar.parsing.driver import LimitError
from grammar.parsing.reducing import Maker
from grammar.parsing.token import TEXT
from grammar.path_parts import path_parts
from grammar.quick_make import quick_make
from grammar.span import Span

_make_or = quick_make(ex.Or)
_make_and = quick_make(ex.And)
_make_not = quick_make(ex.Not)
_make_passed = quick_make(ex.Passed)
_make_comparison = quick_make(ex.Comparison)
_make_alternatives = quick_make(ex.Alternatives)
_make_word = quick_make(ex.Word)
_make_text = quick_make(ex.Text)
_make_number = quick_make(ex.Number)
_make_duration = quick_make(ex.Duration)
_make_path = quick_make(ex.Path)

_Compound = TypeVar("_Compound", ex.And, ex.Or, ex.Not)


def _deeper(b: Build, node: _Compound, operands: Children) -> _Compound:
    """Record a compound condition's depth, refusing one beyond the limit."""
    depth = 1 + max(b.depths.get(id(operand), 0) for operand in operands)
    if depth > b.limits.nesting:
        raise LimitError("nesting", node.span.start, node.span.end)
    b.depths[id(node)] = depth
    return node


def _or(b: Build, c: Children) -> ex.Or:
    operands = c[::2]
    return _deeper(b, _make_or(tuple(operands), b.span(c[0], c[-1])), operands)


def _and(b: Build, c: Children) -> ex.And:
    operands = c[::2]
    return _deeper(b, _make_and(tuple(operands), b.span(c[0], c[-1])), operands)


def _not(b: Build, c: Children) -> ex.Not:
    return _deeper(b, _make_not(c[1], b.span(c[0], c[1])), c[1:])


def _parenthesised(b: Build, c: Children) -> ex.Expression:
    """Return the condition in parentheses, its place widened to them: what is marked is what is written."""
    inner: ex.Expression = c[1]
    widened = replace(inner, span=b.span(c[0], c[2]))
    if id(inner) in b.depths:
        b.depths[id(widened)] = b.depths.pop(id(inner))
    return widened


def _passed(b: Build, c: Children) -> ex.Passed:
    return _make_passed(b.name(c[1]).text, b.span(c[0], c[1]))


def _compared(operator: str) -> Callable[[Build, Children], ex.Comparison]:
    """Return the function for a comparison by a word."""
    return lambda b, c: _make_comparison(c[0], operator, c[-1], b.span(c[0], c[-1]))


def _comparison(b: Build, c: Children) -> ex.Comparison:
    return _make_comparison(c[0], c[1][TEXT], c[2], b.span(c[0], c[2]))


def _alternatives(b: Build, c: Children) -> ex.Alternatives:
    return _make_alternatives(tuple(c[1:-1]), b.span(c[0], c[-1]))


def _word(b: Build, c: Children) -> ex.Word:
    return _make_word(c[0][TEXT], b.place(c[0]))


def _text(b: Build, c: Children) -> ex.Text:
    return _make_text(b.text(c[0]), b.place(c[0]))


def _number(b: Build, c: Children) -> ex.Number:
    return _make_number(b.integer(c[0]), b.place(c[0]))


def _duration(b: Build, c: Children) -> ex.Duration:
    return _make_duration(b.seconds(c[0]), b.place(c[0]))


def _path(b: Build, c: Children) -> ex.Path:
    token, place = c[0], b.place(c[0])
    if len(token[TEXT]) > b.limits.string_length:
        b.found.append(error("S006", f"reference is longer than {b.limits.string_length:,} characters", place))
    try:
        return _make_path(path_parts(token[TEXT]), place)
    except BadEscapeError as bad:
        at = place.start + max(token[TEXT].find(bad.text), 0)
        b.found.append(bad_escape(bad, Span(at, at, b.source)))
        return _make_path((token[TEXT],), place)


CONDITION_MAKERS: dict[str, Maker] = {
    "or_": _or,
    "and_": _and,
    "not_": _not,
    "parenthesised": _parenthesised,
    "passed": _passed,
    "comparison": _comparison,
    "in_": _compared("in"),
    "not_in": _compared("not in"),
    "matches": _compared("matches"),
    "not_matches": _compared("not matches"),
    "alternatives": _alternatives,
    "word": _word,
    "text": _text,
    "number": _number,
    "duration": _duration,
    "path": _path,
}
"""The function of every rule that makes a condition or a part of one."""
