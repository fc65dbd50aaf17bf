"""Conditions as texts, and walks through them as they were written."""

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
from grammar.lexical import duration_token, name_token, quote
from grammar.path_parts import path_token


def parts_of(expression: Expression) -> list[Expression]:
    """Return an expression and every expression in it, the outer ones first, from left to right."""
    found: list[Expression] = []
    pending = [expression]
    while pending:
        part = pending.pop()
        found.append(part)
        match part:
            case Comparison() | Passed():
                pass
            case And() | Or():
                pending += part.operands[::-1]
            case Not():
                pending.append(part.operand)
            case _:
                assert_never(part)
    return found


def operand_text(operand: Operand) -> str:
    """Return an operand as a `.promo` file says it."""
    match operand:
        case Word():
            return operand.text
        case Path():
            return path_token(operand.parts)
        case Text():
            return quote(operand.value)
        case Number():
            return str(operand.value)
        case Duration():
            return duration_token(operand.seconds)
        case Alternatives():
            return f"[{', '.join(operand_text(item) for item in operand.items)}]"
        case _:
            assert_never(operand)


def expression_text(expression: Expression, *, inner: bool = False) -> str:
    """Return a condition as a `.promo` file says it; ``inner`` puts what joins others in parentheses."""
    match expression:
        case Comparison():
            return f"{operand_text(expression.left)} {expression.operator} {operand_text(expression.right)}"
        case Passed():
            return f"passed {name_token(expression.environment)}"
        case Not():
            return f"not {expression_text(expression.operand, inner=True)}"
        case And() | Or():
            word = " and " if isinstance(expression, And) else " or "
            joined = word.join(expression_text(operand, inner=True) for operand in expression.operands)
            return f"({joined})" if inner else joined
        case _:
            assert_never(expression)
