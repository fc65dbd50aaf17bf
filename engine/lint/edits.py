"""Fixes of `.promo` texts, as rules make them."""

from __future__ import annotations

from engine.lint.material import in_manifest
from grammar.diagnostics import Fix, FixSafety, TextEdit
from grammar.span import Span


def replaced(span: Span, text: str, message: str, safety: FixSafety = FixSafety.SAFE) -> Fix | None:
    """Return the fix that puts a text in a place; None in a manifest, which has another form.

    Args:
        span: what goes.
        text: what comes.
        message: what applying it does, in the imperative.
        safety: whether it may be applied unseen.
    """
    if not span.source or in_manifest(span):
        return None
    return Fix(message, (TextEdit(span, text),), safety)
