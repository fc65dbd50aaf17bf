"""What every rule's function needs: the places of things, and names, strings and numbers with their limits."""

from __future__ import annotations

from typing import Any

from grammar import nodes
from grammar.diagnostics import Diagnostic, error
from grammar.lexical import BadEscapeError, duration_seconds, unquote
from grammar.limits import Limits
from grammar.parsing.token import Token
from grammar.span import Span

Children = list[Any]


class Build:
    """The making of one text's AST.

    What is grammatical but wrong in itself (a bad escape, a name that is too long) is collected in `found`, and the
    AST is built all the same.
    """

    __slots__ = ("depths", "found", "limits", "source")

    def __init__(self, source: str, limits: Limits) -> None:
        """Begin an AST.

        Args:
            source: the name of the source in spans.
            limits: bounds on what it holds.
        """
        self.source = source
        self.limits = limits
        self.found: list[Diagnostic] = []
        self.depths: dict[int, int] = {}

    def span(self, first: Any, last: Any) -> Span:
        """Return the span from one token or node to another."""
        start = first.start if type(first) is Token else first.span.start
        end = last.end if type(last) is Token else last.span.end
        return tuple.__new__(Span, (start, end, self.source))

    def place(self, token: Token) -> Span:
        """Return a token's span."""
        return tuple.__new__(Span, (token[2], token[3], self.source))

    def text(self, token: Token) -> str:
        """Return what a string token stands for."""
        if token.end - token.start - 2 > self.limits.string_length:
            self.found.append(
                error(
                    "S006",
                    f"string is longer than {self.limits.string_length:,} characters",
                    self.place(token),
                    help="keep long texts out of policies and refer to them",
                )
            )
        try:
            return unquote(token.text)
        except BadEscapeError as bad:
            self.found.append(bad_escape(bad, Span(token.start + bad.offset, 0, self.source)))
            return token.text[1:-1]

    def name(self, token: Token) -> nodes.Name:
        """Return a name, bare or quoted."""
        kind, text, start, end = token
        quoted = kind == "STRING"
        place = tuple.__new__(Span, (start, end, self.source))
        if quoted:
            text = self.text(token)
        if quoted and not text:
            self.found.append(error("S007", "a name must not be empty", place))
        elif len(text) > self.limits.name_length:
            self.found.append(error("S005", f"name is longer than {self.limits.name_length} characters", place))
        return nodes.Name(text, place, quoted)

    def names(self, tokens: Children) -> tuple[nodes.Name, ...]:
        """Return several names."""
        return tuple([self.name(token) for token in tokens])

    def integer(self, token: Token) -> int:
        """Return a whole number."""
        if len(token.text) > 12:
            self.found.append(error("S008", "number is too large", self.place(token)))
            return 0
        return int(token.text)

    def seconds(self, token: Token) -> int:
        """Return a duration in seconds."""
        if len(token.text) > 32:
            self.found.append(error("S008", "duration is too large", self.place(token)))
            return 0
        return duration_seconds(token.text)


def bad_escape(bad: BadEscapeError, at: Span) -> Diagnostic:
    """Return what to say of an escape that does not exist; ``at`` is where it begins."""
    return error(
        "S004",
        f"`{bad.text}` is not an escape",
        Span(at.start, at.start + len(bad.text), at.source),
        help='the escapes are \\" \\\\ \\n \\t \\r \\u{...}; write \\\\ for a backslash',
    )
