"""Conditions as documents: the fewest parentheses that keep the tree, broken before ``and`` and ``or``."""

from __future__ import annotations

from typing import assert_never

from grammar.expressions import (
    Alternatives,
    And,
    Comparison,
    Duration,
    Expression,
    Not,
    Number,
    Operand,
    Or,
    Passed,
    Path,
    Text,
    Word,
)
from grammar.format.layout import Doc, Glue, Group, Line, Nest, Token
from grammar.lexical import duration_token, name_token, quote
from grammar.path_parts import path_token

SPACE = Glue(" ")


def condition(expression: Expression) -> Doc:
    """Return the document of a whole condition, as it stands after its keyword."""
    return _nested(expression)


def _nested(expression: Expression) -> Doc:
    """Return a condition whose further operands are indented below its first."""
    if isinstance(expression, And | Or):
        first, *rest = _operands(expression)
        return Group([first, Nest(rest)])
    return _simple(expression)


def _operands(expression: And | Or) -> list[Doc]:
    word = "and" if isinstance(expression, And) else "or"
    first, *rest = expression.operands
    parts = [_operand(expression, first)]
    parts += [[Line(), Token(word), SPACE, _operand(expression, other)] for other in rest]
    return parts


def _operand(parent: And | Or, operand: Expression) -> Doc:
    if isinstance(operand, Or) or (isinstance(operand, And) and isinstance(parent, And)):
        return _parenthesised(operand)
    return _nested(operand)


def _parenthesised(expression: And | Or) -> Doc:
    return Group([Glue("("), Nest([Line(""), *_operands(expression)]), Line("", closing=True), Glue(")")])


def _simple(expression: Comparison | Passed | Not) -> Doc:
    match expression:
        case Comparison():
            parts: list[Doc] = [_value(expression.left), SPACE]
            for word in expression.operator.split():
                parts += [Token(word), SPACE]
            return [*parts, _value(expression.right)]
        case Passed():
            return [Token("passed"), SPACE, Token(name_token(expression.environment))]
        case Not():
            inner = expression.operand
            return [
                Token("not"),
                SPACE,
                _parenthesised(inner) if isinstance(inner, And | Or) else _simple(inner),
            ]
        case _:
            assert_never(expression)


def _value(operand: Operand) -> Doc:
    match operand:
        case Word():
            return Token(operand.text)
        case Path():
            return Token(path_token(operand.parts))
        case Text():
            return Token(quote(operand.value))
        case Number():
            return Token(str(operand.value))
        case Duration():
            return Token(duration_token(operand.seconds))
        case Alternatives():
            return _alternatives(operand)
        case _:
            assert_never(operand)


def _alternatives(list_: Alternatives) -> Doc:
    inner: list[Doc] = []
    for index, item in enumerate(list_.items):
        inner += [Token(","), Line()] if index else [Line("")]
        inner.append(_value(item))
    return Group([Token("["), Nest(inner), Line("", closing=True), Token("]")])
