"""Fixes of `.promo` texts, as rules make them."""

from __future__ import annotations

from engine.lint.material import Material, in_manifest
from grammar.diagnostics import Fix, FixSafety, TextEdit
from grammar.span import Span


def replaced(material: Material, span: Span, text: str, message: str, safety: FixSafety = FixSafety.SAFE) -> Fix | None:
    """Return the fix that puts a text in a place; None in a manifest, and where a comment would be lost.

    Args:
        material: holds the text.
        span: what goes.
        text: what comes.
        message: what applying it does, in the imperative.
        safety: whether it may be applied unseen.
    """
    if not span.source or in_manifest(span) or "#" in material.texts.get(span.source, "#")[span.start : span.end]:
        return None
    return Fix(message, (TextEdit(span, text),), safety)


def parenthesised(material: Material, span: Span) -> bool:
    """Say whether a condition stands in parentheses, so that what replaces it may need them."""
    return material.texts.get(span.source, "")[span.start : span.start + 1] == "("
