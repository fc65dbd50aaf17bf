"""Narrower places in what is only known as a whole: Argo's manifests."""

from __future__ import annotations

from engine.lint.material import Material
from grammar.span import Span


def found_after(material: Material, span: Span, word: str) -> Span:
    """Return where a word stands in the text a span covers, or the span's beginning where it does not."""
    text = material.texts.get(span.source, "")
    at = text.find(word, span.start, span.end)
    return headed(material, span) if at < 0 else Span(at, at + len(word), span.source)


def headed(material: Material, span: Span) -> Span:
    """Return the first line of what a span covers: enough to point at a whole manifest."""
    text = material.texts.get(span.source, "")
    end = min((at for at in (text.find("\n", span.start), text.find("\r", span.start)) if at >= 0), default=span.end)
    return Span(span.start, max(span.start + 1, min(end, span.end)), span.source)
