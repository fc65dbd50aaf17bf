"""Replaces spans of a text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """A replaced part of a text.

    Attributes:
        start: 0-based offset of the first character that goes.
        end: offset after the last one; equal to ``start`` for an insertion.
        text: what stands there instead.
    """

    start: int
    end: int
    text: str


class OverlapError(Exception):
    """Two replaced spans overlap: the edits contradict each other."""


def splice(text: str, spans: list[Span]) -> str:
    """Return a text with spans replaced; insertions at the same offset keep their order.

    Raises:
        OverlapError: two spans overlap.
    """
    parts: list[str] = []
    at = 0
    for span in sorted(spans, key=lambda span: (span.start, span.end)):
        if span.start < at:
            raise OverlapError
        parts.append(text[at : span.start])
        parts.append(span.text)
        at = span.end
    parts.append(text[at:])
    return "".join(parts)
