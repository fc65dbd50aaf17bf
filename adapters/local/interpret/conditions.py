"""Small expressions with ``&&``, ``||``, ``!`` and parentheses: what `when` and `depends` have in common."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

_Value = TypeVar("_Value")

DEEPEST = 100
"""Parentheses and negations that may stand in each other."""


class ConditionError(Exception):
    """An expression is not understood; the text says what and where."""


class Token(NamedTuple):
    """One word of an expression: the kind of its pattern's group, its text, and where it begins, from 0."""

    kind: str
    text: str
    at: int


def tokens(text: str, pattern: re.Pattern[str]) -> list[Token]:
    """Divide a text into tokens; space between them is dropped.

    Raises:
        ConditionError: for what no alternative of the pattern fits.
    """
    found: list[Token] = []
    at = 0
    while at < len(text):
        match = pattern.match(text, at)
        if match is None or match.end() == at or match.lastgroup is None:
            raise ConditionError(f"`{text[at : at + 20]}` at character {at + 1} is not understood")
        if match.lastgroup != "space":
            found.append(Token(match.lastgroup, match[0], at))
        at = match.end()
    return found


class Logic(Generic[_Value]):
    """Reads ``a || b && !(c)``: a recursive descent whose operands somebody else reads."""

    def __init__(
        self,
        words: list[Token],
        operand: Callable[[Logic[_Value]], _Value],
        both: Callable[[_Value, _Value], _Value],
        either: Callable[[_Value, _Value], _Value],
        negated: Callable[[_Value], _Value],
    ) -> None:
        """Prepare to read tokens; the callables say what the parts mean."""
        self._words = words
        self._operand, self._both, self._either, self._negated = operand, both, either, negated
        self._at = 0
        self._depth = 0

    def whole(self) -> _Value:
        """Read all tokens.

        Raises:
            ConditionError: when they are no expression.
        """
        value = self._alternatives()
        rest = self.peek()
        if rest is not None:
            raise ConditionError(f"`{rest.text}` at character {rest.at + 1} is one too many")
        return value

    def peek(self) -> Token | None:
        """Return the next token without taking it; None at the end."""
        return self._words[self._at] if self._at < len(self._words) else None

    def take(self, *texts: str) -> Token | None:
        """Take the next token if it is one of some texts; any one without texts."""
        token = self.peek()
        if token is None or (texts and (token.kind != "sign" or token.text not in texts)):
            return None
        self._at += 1
        return token

    def _alternatives(self) -> _Value:
        value = self._conjunction()
        while self.take("||"):
            value = self._either(value, self._conjunction())
        return value

    def _conjunction(self) -> _Value:
        value = self._negation()
        while self.take("&&"):
            value = self._both(value, self._negation())
        return value

    def _negation(self) -> _Value:
        self._depth += 1
        if self._depth > DEEPEST:
            raise ConditionError("it is nested too deeply")
        value = self._negated(self._negation()) if self.take("!") else self._operand(self)
        self._depth -= 1
        return value

    def inner(self) -> _Value:
        """Read what stands in parentheses, after the opening one was taken."""
        value = self._alternatives()
        if not self.take(")"):
            rest = self.peek()
            raise ConditionError(f"`)` is missing{f' before `{rest.text}`' if rest else ' at the end'}")
        return value
