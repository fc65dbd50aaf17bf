"""Characters that look like others, or like nothing: the message names them."""

from __future__ import annotations

import re
import unicodedata
from itertools import islice

from grammar.diagnostics import Diagnostic, Fix, FixSafety, TextEdit, error
from grammar.explaining.place import Place
from grammar.explaining.quoting import shown
from grammar.span import Span

_QUOTES = "\u201c\u201d\u201e\u201f\u00ab\u00bb\u2018\u2019\u201a\u2033\uff02"
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u00ad"
_LOOK_ALIKES = str.maketrans(
    # Cyrillic and Greek letters with the shape of Latin ones.
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u0501\u051b\u0461\u0410\u0412\u0415\u041a\u041c"
    "\u041d\u041e\u0420\u0421\u0422\u0425\u03bf\u03b1\u03b5\u03c1\u03bd\u03b9\u0391\u0392\u0395\u039f",
    "aeopcyxijsdqwABEKMHOPCTXoaepviABEO",
)
_SIGNS = {
    "\u2260": "!=",
    "\u2264": "<=",
    "\u2265": ">=",
    "\u2227": "and",
    "\u2228": "or",
    "\u00ac": "not",
    "\u2208": "in",
}
_DECEPTIVE = re.compile("[\u202a-\u202e\u2066-\u2069]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def character_name(character: str) -> str:
    """Return how a message names a character: its number and, where it has one, its name."""
    name = unicodedata.name(character, "")
    if not name and unicodedata.category(character) == "Cc":
        name = "a control character"
    return f"U+{ord(character):04X}{f' {name}' if name else ''}"


def odd_character(place: Place) -> Diagnostic | None:
    """Explain a character that no word of the language has, at or in what was found."""
    if not place.found or place.found[0] == '"':
        return None
    start = place.start
    whole = place.found
    before = place.previous
    if before is not None and before.type in {"NAME", "PATH"} and before.end - place.base == start:
        start = place.offset_of(before)
        whole = before.text + whole
    index = next((i for i, c in enumerate(whole) if not " " < c < "\x7f"), None)
    if index is None:
        return None
    character = whole[index]
    at = start + index
    span = place.span(at, at + 1)
    named = character_name(character)
    plain = unicodedata.normalize("NFKC", whole.translate(_LOOK_ALIKES))
    if character in _QUOTES:
        return _smart_quote(place, at, named)
    if character in _DASHES:
        return place.error("S022", f"{named} is not a hyphen", span=span, help="write `-`", write="-")
    if character in _SIGNS:
        sign = _SIGNS[character]
        return place.error(
            "S018", f"`{character}` is not an operator of conditions", span=span, help=f"write `{sign}`", write=sign
        )
    if character.isspace() or unicodedata.category(character) in {"Cf", "Cc"}:
        return place.error(
            "S022",
            f"{named} cannot stand here",
            span=span,
            help="white space is spaces, tabs and line breaks: write a space, or remove it",
            write=" ",
        )
    if plain.isascii():
        return place.error(
            "S022",
            f"`{shown(whole)}` holds {named}, which only looks like `{plain[index : index + 1]}`",
            span=place.span(start, start + len(whole)),
            help=f"write `{shown(plain)}`",
            write=plain,
        )
    if not character.isalnum():
        return place.error("S022", f"`{character}` ({named}) has no place here", span=span)
    return None


def _smart_quote(place: Place, at: int, named: str) -> Diagnostic:
    """Explain a typographic quote; the fix replaces all of its line."""
    end = next((i for i in range(at, len(place.text)) if place.text[i] in "\r\n"), len(place.text))
    edits = tuple(
        TextEdit(place.span(index, index + 1), '"') for index in range(at, end) if place.text[index] in _QUOTES
    )
    return error(
        "S022",
        f"{named} does not quote a string",
        place.span(at, at + 1),
        help='strings stand in straight double quotes: `"`',
        fix=Fix("replace the quotes of this line", edits, FixSafety.UNSAFE),
    )


def undecodable(text: str, source: str) -> Diagnostic | None:
    """Return a diagnostic for half a surrogate pair: no encoding can write such a text."""
    match = _SURROGATE.search(text)
    if match is None:
        return None
    return error(
        "S022",
        f"{character_name(match[0])} is half a character",
        Span(match.start(), match.end(), source),
        help="save the file as UTF-8",
    )


def deceptive(text: str, source: str, most: int) -> list[Diagnostic]:
    """Return a diagnostic for each character that makes a line look different from what it says, at most so many.

    Source: Unicode Technical Report 36, section 2.4; CVE-2021-42574.
    """
    return [
        error(
            "S023",
            f"{character_name(match[0])} changes the order in which this line is shown",
            Span(match.start(), match.end(), source),
            help=f"remove it; in a string write `\\u{{{ord(match[0]):x}}}`",
        )
        for match in islice(_DECEPTIVE.finditer(text), most)
    ]
