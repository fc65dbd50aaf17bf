"""Marks and words of other languages: what `.promo` has instead."""

from __future__ import annotations

import re

from grammar.diagnostics import Diagnostic, error
from grammar.explaining.place import Place, run_at
from grammar.explaining.quoting import shown
from grammar.lexical import name_token
from grammar.span import Span
from grammar.vocabulary import AFTER, DECLARATIONS

_WORD = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*")
_YAML = re.compile(r"^(?:---\s*$|apiVersion\s*:|kind\s*:\s*[A-Z])", re.MULTILINE)
_JSON = re.compile(r'\s*\{\s*"')
_OPERATORS = {
    "===": "==",
    "!==": "!=",
    "=~": "matches",
    "!~": "not matches",
    "&&": "and",
    "||": "or",
    "<>": "!=",
    "=>": ">=",
    "=<": "<=",
    "!": "not",
    "=": "==",
    "~": "matches",
    "&": "and",
    "|": "or",
}
"""Operators of other languages, longer ones before those they begin with."""

_COMMENTS = ("//", "/*", "--", "*/")


def foreign_language(text: str, source: str) -> Diagnostic | None:
    """Return a diagnostic when a text is not `.promo` at all but YAML or JSON; None otherwise."""
    first = _WORD.search(text)
    if first and first[0] in DECLARATIONS:
        return None
    match = _YAML.search(text)
    if match:
        return error(
            "S015",
            "this is YAML where `.promo` is expected",
            Span(match.start(), match.end(), source),
            help="name the file `.yaml`: manifests load beside `.promo` files; or convert it with "
            "`promo import FILE -o DIR`",
        )
    if _JSON.match(text):
        start = len(text) - len(text.lstrip())
        return error(
            "S015",
            "this is JSON where `.promo` is expected",
            Span(start, start + 1, source),
            help="a `.promo` file holds declarations such as `environment dev { ... }`",
        )
    return None


def merge_conflict(place: Place) -> Diagnostic | None:
    """Explain what Git leaves where it could not merge."""
    mark = place.text[place.start : place.start + 7]
    at_line = place.start == 0 or place.text[place.start - 1] in "\r\n"
    if not at_line or mark not in {"<<<<<<<", "=======", ">>>>>>>", "|||||||"}:
        return None
    span = place.span(end=place.start + 7)
    return place.error("S018", "a merge conflict is not resolved", span=span, help="keep one side and remove the marks")


def foreign_comment(place: Place) -> Diagnostic | None:
    """Explain a comment of another language."""
    for mark in _COMMENTS:
        if place.text.startswith(mark, place.start):
            span = place.span(end=place.start + len(mark))
            return place.error("S018", f"`{mark}` begins no comment", span=span, help="comments begin with `#`")
    return None


def foreign_quotes(place: Place) -> Diagnostic | None:
    """Explain a string in single quotes or backticks."""
    mark = place.found[:1]
    if mark not in ("'", "`"):
        return None
    end = place.text.find(mark, place.start + 1)
    line = place.text[place.start + 1 : end]
    if end < 0 or "\n" in line or '"' in line or "\\" in line:
        return place.error("S018", "strings stand in double quotes", help='write `"..."`', span=place.span())
    right = f'"{line}"' if "STRING" in place.expected else line
    span = place.span(end=end + 1)
    return place.error(
        "S018",
        f"strings stand in double quotes, not {mark}...{mark}",
        span=span,
        help=f"write {shown(right)}",
        write=right,
    )


def foreign_operator(place: Place) -> Diagnostic | None:
    """Explain an operator that conditions do not have."""
    context = place.context
    if not context.in_condition or not place.found:
        return None
    before = place.previous
    start = place.start
    if before is not None and before.type in {"EQ", "NE"} and place.offset_of(before) == start - 2:
        start -= 2
    for theirs, ours in _OPERATORS.items():
        if place.text.startswith(theirs, start):
            span = place.span(start, start + len(theirs))
            return place.error(
                "S018", f"`{theirs}` is not an operator of conditions", span=span, help=f"write `{ours}`", write=ours
            )
    lowered = place.found.lower()
    if lowered != place.found and lowered in {"and", "or", "not", "in", "matches"} and lowered in place.keywords:
        return place.error(
            "S018",
            f"`{place.found}` is not an operator of conditions: they are lower case",
            help=f"write `{lowered}`",
            write=lowered,
        )
    return None


def foreign_mark(place: Place) -> Diagnostic | None:
    """Explain a colon, an equals sign or a semicolon between a keyword and its value or between items."""
    context = place.context
    if place.found == ";":
        return place.error("S018", "`;` has no place in `.promo`", help="items need no separator: remove it", write="")
    word = place.run.rstrip(":")
    if place.run.endswith(":") and (word in place.keywords or (word and "NAME" in place.expected)):
        colon = place.start + len(word)
        span = place.span(colon, colon + 1)
        if context.after in {"labels", "annotations"}:
            return place.error(
                "S018", "`:` does not stand in labels", span=span, help=f'write `{shown(word)} = "..."`', write=" ="
            )
        return _side_by_side(place, ":", word if word in AFTER else "", span)
    if place.found in {"=", ":"} and not context.in_condition:
        keyword = context.after if context.empty_item else ""
        return _side_by_side(place, place.found, keyword, place.span(end=place.start + 1))
    return None


def _side_by_side(place: Place, mark: str, keyword: str, span: Span) -> Diagnostic:
    at = span.end - place.base
    while at < len(place.text) and place.text[at] in " \t":
        at += 1
    value = run_at(place.text, at)
    example = f"{keyword} {name_token(value)}" if keyword and value and len(value) < 40 else "action pr"
    return place.error(
        "S018",
        f"`{mark}` has no place here",
        span=span,
        help=f"a keyword and its value stand side by side, as in `{example}`",
        write="",
    )
