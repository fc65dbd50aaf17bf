"""What every rule's function needs: the places of things, and names, strings and numbers with their limits."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from grammar import nodes
from grammar.diagnostics import Diagnostic, error
from grammar.lexical import BadEscapeError, duration_seconds, unquote
from grammar.limits import Limits
from grammar.parsing.token import END, START, TEXT, Plain
from grammar.quick_make import quick_make
from grammar.span import Span

Children = list[Any]

_new = tuple.__new__
_make_name = quick_make(nodes.Name)
_seconds = lru_cache(maxsize=256)(duration_seconds)


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
        start = first[START] if type(first) is tuple else first.span[0]
        end = last[END] if type(last) is tuple else last.span[1]
        return _new(Span, (start, end, self.source))

    def place(self, token: Plain) -> Span:
        """Return a token's span."""
        return _new(Span, (token[START], token[END], self.source))

    def text(self, token: Plain) -> str:
        """Return what a string token stands for."""
        text = token[TEXT]
        if len(text) - 2 > self.limits.string_length:
            self.found.append(
                error(
                    "S006",
                    f"string is longer than {self.limits.string_length:,} characters",
                    self.place(token),
                    help="keep long texts out of policies and refer to them",
                )
            )
        if "\\" not in text:
            return text[1:-1]
        try:
            return unquote(text)
        except BadEscapeError as bad:
            self.found.append(bad_escape(bad, Span(token[START] + bad.offset, 0, self.source)))
            return text[1:-1]

    def name(self, token: Plain) -> nodes.Name:
        """Return a name, bare or quoted."""
        kind, text, start, end = token
        place = _new(Span, (start, end, self.source))
        if kind == "STRING":
            text = self.text(token)
            if not text:
                self.found.append(error("S007", "a name must not be empty", place))
        if len(text) > self.limits.name_length:
            self.found.append(error("S005", f"name is longer than {self.limits.name_length} characters", place))
        return _make_name(text, place, kind == "STRING")

    def names(self, tokens: Children) -> tuple[nodes.Name, ...]:
        """Return several names."""
        return tuple([self.name(token) for token in tokens])

    def integer(self, token: Plain) -> int:
        """Return a whole number."""
        text = token[TEXT]
        if len(text) > 12:
            self.found.append(error("S008", "number is too large", self.place(token)))
            return 0
        return int(text)

    def seconds(self, token: Plain) -> int:
        """Return a duration in seconds."""
        text = token[TEXT]
        if len(text) > 32:
            self.found.append(error("S008", "duration is too large", self.place(token)))
            return 0
        return _seconds(text)


def bad_escape(bad: BadEscapeError, at: Span) -> Diagnostic:
    """Return what to say of an escape that does not exist; ``at`` is where it begins."""
    return error(
        "S004",
        f"`{bad.text}` is not an escape",
        Span(at.start, at.start + len(bad.text), at.source),
        help='the escapes are \\" \\\\ \\n \\t \\r \\u{...}; write \\\\ for a backslash',
    )
