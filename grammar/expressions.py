"""The AST of conditions: what was written, before names and types are known."""

from __future__ import annotations

from dataclasses import dataclass, field

from grammar.quick_state import quick_state
from grammar.span import NOWHERE, Span

COMPARISONS = ("==", "!=", "<", "<=", ">", ">=", "in", "not in", "matches", "not matches")
"""Every comparison operator, as printed."""


@quick_state
@dataclass(frozen=True, slots=True)
class Word:
    """A bare word: an attribute such as `message`, or a name such as `prod`."""

    text: str
    span: Span = field(default=NOWHERE, compare=False)


@quick_state
@dataclass(frozen=True, slots=True)
class Path:
    """A dotted reference: ``product.labels.team`` or ``product.labels["a/b"]``."""

    parts: tuple[str, ...]
    span: Span = field(default=NOWHERE, compare=False)


@quick_state
@dataclass(frozen=True, slots=True)
class Text:
    """A string literal; ``value`` is without quotes and escapes."""

    value: str
    span: Span = field(default=NOWHERE, compare=False)


@quick_state
@dataclass(frozen=True, slots=True)
class Number:
    """An integer literal."""

    value: int
    span: Span = field(default=NOWHERE, compare=False)


@quick_state
@dataclass(frozen=True, slots=True)
class Duration:
    """A duration literal, in seconds."""

    seconds: int
    span: Span = field(default=NOWHERE, compare=False)


@quick_state
@dataclass(frozen=True, slots=True)
class Alternatives:
    """A bracketed list of literals; only after ``in`` and ``matches``."""

    items: tuple[Literal, ...]
    span: Span = field(default=NOWHERE, compare=False)


@quick_state
@dataclass(frozen=True, slots=True)
class Comparison:
    """``left operator right``; ``operator`` is one of `COMPARISONS`."""

    left: Operand
    operator: str
    right: Operand
    span: Span = field(default=NOWHERE, compare=False)


@quick_state
@dataclass(frozen=True, slots=True)
class Passed:
    """``passed ENV``: the change went through that environment first."""

    environment: str
    span: Span = field(default=NOWHERE, compare=False)


@quick_state
@dataclass(frozen=True, slots=True)
class Not:
    """``not operand``."""

    operand: Expression
    span: Span = field(default=NOWHERE, compare=False)


@quick_state
@dataclass(frozen=True, slots=True)
class And:
    """Two or more operands that must all hold."""

    operands: tuple[Expression, ...]
    span: Span = field(default=NOWHERE, compare=False)


@quick_state
@dataclass(frozen=True, slots=True)
class Or:
    """Two or more operands of which one must hold."""

    operands: tuple[Expression, ...]
    span: Span = field(default=NOWHERE, compare=False)


Literal = Word | Text | Number | Duration
Operand = Word | Path | Text | Number | Duration | Alternatives
Expression = Comparison | Passed | Not | And | Or
