"""The place where the parser stopped, with all that is known about it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from grammar.diagnostics import Diagnostic, Fix, FixSafety, Label, TextEdit, error
from grammar.explaining.context import Context, context_of
from grammar.explaining.quoting import shown
from grammar.parsing.driver import Stop, acceptable
from grammar.parsing.tables import Tables
from grammar.parsing.token import Token
from grammar.span import Span
from grammar.vocabulary import TERMINAL_WORDS, keyword_of

_LEXEME = re.compile(
    r'"[^"\\\r\n]*+(?:\\[^\r\n][^"\\\r\n]*+)*+"?|[\w./:@$*%+~-]*\w[\w./:@$*%+~-]*|[=!<>]=|&&|\|\||.', re.DOTALL
)
_RUN = re.compile(r'[^\s{}\[\](),="#<>]+')


@dataclass(frozen=True, slots=True)
class Place:
    """Where the parser stopped.

    Attributes:
        text: the parsed text.
        source: the source's name.
        base: offset of the text in the source.
        expected: the terminals that could stand here.
        at_end: whether the text ends here.
        start: offset in the text.
        found: what a person sees as one thing here; empty at the end.
        context: the unfinished declaration around it.
    """

    text: str
    source: str
    base: int
    expected: frozenset[str]
    at_end: bool
    start: int
    found: str
    context: Context

    @property
    def keywords(self) -> list[str]:
        """The keywords that could stand here, in alphabetical order."""
        return sorted(keyword_of(name) for name in self.expected if name not in TERMINAL_WORDS)

    @property
    def previous(self) -> Token | None:
        """The last complete token before."""
        return self.context.previous

    @property
    def run(self) -> str:
        """What stands here up to the next white space or bracket; longer than `found` for ``prod-*``."""
        return run_at(self.text, self.start)

    def offset_of(self, token: Token) -> int:
        """Return a token's offset in the text."""
        return token.start - self.base

    def span(self, start: int | None = None, end: int | None = None) -> Span:
        """Return the span from one offset of the text to another; of what was found by default."""
        start = self.start if start is None else start
        end = start + max(len(self.found), 1) if end is None else end
        return Span(self.base + start, self.base + min(end, max(len(self.text), start + 1)), self.source)

    def error(
        self,
        code: str,
        message: str,
        *,
        span: Span | None = None,
        help: str = "",
        write: str | None = None,
        labels: Iterable[Label] = (),
    ) -> Diagnostic:
        """Return an error here.

        Args:
            code: its code.
            message: what is wrong.
            span: what it marks; what was found by default.
            help: what to do.
            write: what would be right in place of what is marked, for a fix.
            labels: other places.
        """
        marked = self.span() if span is None else span
        fix = None
        if write is not None:
            doing = f"replace it by `{shown(write)}`" if write else "remove it"
            fix = Fix(doing, (TextEdit(marked, write),), FixSafety.UNSAFE)
        return error(code, message, marked, help=help, labels=labels, fix=fix)


def place_of(stop: Stop, tables: Tables, text: str, source: str, base: int) -> Place:
    """Return the place of a stop; the arguments are those of `explain`."""
    start = len(text.rstrip(" \t\r\n\f")) if stop.at_end else stop.offset
    found = "" if stop.at_end else _lexeme(text, start)
    expected = frozenset(acceptable(tables, stop))
    return Place(text, source, base, expected, stop.at_end, start, found, context_of(stop.values, base))


def run_at(text: str, start: int) -> str:
    """Return what stands at an offset up to the next white space or bracket."""
    match = _RUN.match(text, start)
    return match[0] if match else ""


def _lexeme(text: str, start: int) -> str:
    match = _LEXEME.match(text, start)
    return match[0] if match else ""
