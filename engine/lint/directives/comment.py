"""Finds the comments that silence findings.

``# promo: ignore[L101, yoda-condition] reason`` at the end of a line silences findings that begin on that line; on a
line of its own, those that begin on the next line that is no comment. ``# promo: ignore-file[...] reason`` silences
them in the whole file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from engine.lint.material import MANIFESTS
from grammar.span import SourceText, Span

MARK = "promo:"

_PROMO_TOKENS = re.compile(r'"(?:[^"\\\r\n]|\\[^\r\n])*"|(?P<comment>#[^\r\n]*)')
_YAML_TOKENS = re.compile(
    r"""(?P<comment>(?:^|(?<=[ \t]))\#[^\r\n]*)|(?<![^\s\[{,:])(?:"(?:[^"\\]|\\.)*"|'[^'\r\n]*')""", re.M
)
_DIRECTIVE = re.compile(r"#+[ \t]*promo:[ \t]*(?P<verb>[a-z-]*)[ \t]*(?:\[(?P<codes>[^\]\r\n]*)\])?(?P<reason>.*)\Z")


class Directive(NamedTuple):
    """A comment that silences findings, or was meant to.

    Attributes:
        span: the comment, from its ``#`` on.
        verb: ``ignore``, ``ignore-file``, or another word.
        selectors: what it silences, as written; empty where there are no brackets.
        reason: why; empty where none is given.
        line: the 1-based line whose findings it silences; 0 for the whole file.
    """

    span: Span
    verb: str
    selectors: tuple[str, ...]
    reason: str
    line: int


def directives(text: SourceText) -> Iterator[Directive]:
    """Yield the directives of a text, in order. Cost: O(length) for a text that has one."""
    if MARK not in text.text:
        return
    tokens = _YAML_TOKENS if text.name.endswith(MANIFESTS) else _PROMO_TOKENS
    for match in tokens.finditer(text.text):
        comment = match["comment"]
        if comment is None or MARK not in comment:
            continue
        found = _DIRECTIVE.match(comment)
        if found:
            yield _directive(text, match.start("comment"), comment, found)


def _directive(text: SourceText, start: int, comment: str, found: re.Match[str]) -> Directive:
    span = Span(start, start + len(comment.rstrip()), text.name)
    selectors = tuple(part.strip() for part in (found["codes"] or "").split(",") if part.strip())
    line = 0 if found["verb"] == "ignore-file" else _line(text, start)
    return Directive(span, found["verb"], selectors, found["reason"].strip(" \t:-"), line)


def _line(text: SourceText, start: int) -> int:
    """Return the line a comment speaks of: its own, or the next one with something else than a comment on it."""
    number, column = text.position(start)
    if text.line(number)[: column - 1].strip():
        return number
    last = text.position(len(text.text)).line
    following = number + 1
    while following <= last and (not text.line(following).strip() or text.line(following).lstrip().startswith("#")):
        following += 1
    return following
