"""Texts as XML holds them."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr


def attribute(text: str) -> str:
    """Return a text as an attribute's value, quotes included."""
    return quoteattr(_printable(text), {"\n": "&#10;", "\t": "&#9;", "\r": "&#13;"})


def content(text: str) -> str:
    """Return a text as what stands between tags."""
    return escape(_printable(text))


def _printable(text: str) -> str:
    """Return a text without the characters that XML cannot hold."""
    return "".join(
        c
        if c in "\t\n\r" or (c >= " " and not 0xD800 <= ord(c) <= 0xDFFF and c < "\ufffe") or c > "\uffff"
        else "\ufffd"
        for c in text
    )
