"""What was opened and not closed, or closed and not opened; commas too many and too few."""

from __future__ import annotations

import re

from grammar.diagnostics import Diagnostic, Fix, FixSafety, Label, TextEdit, error
from grammar.explaining.place import Place
from grammar.explaining.quoting import shown
from grammar.suggest import nearest

_CLOSING = {"LPAR": (")", "RPAR"), "LSQB": ("]", "RSQB")}
_COMPARES = re.compile(r"\s*(?:==|!=|<|>|(?:not\s+)?(?:in|matches)(?![A-Za-z0-9-]))")
_BEGINS_ELEMENT = re.compile(r'["A-Za-z0-9-]')


def unclosed_string(place: Place) -> Diagnostic | None:
    """Explain a string that runs into the end of its line."""
    found = place.found
    if not found.startswith('"') or (len(found) > 1 and found.endswith('"') and not found.endswith('\\"')):
        return None
    return place.error(
        "S012", "string is not closed on its line", help='end it with `"`; a line break inside is written \\n'
    )


def unclosed_declaration(place: Place) -> Diagnostic | None:
    """Explain a text that ends inside a block."""
    brace = place.context.brace
    if not place.at_end or brace is None:
        return None
    return place.error(
        "S011",
        f"{place.context.title} is not closed",
        span=place.span(brace, brace + 1),
        help="add the `}` that is missing",
        labels=[Label(place.span(end=place.start + 1), "the declaration ends here without `}`")],
    )


def stray_closing(place: Place) -> Diagnostic | None:
    """Explain a closing brace or bracket that was never opened."""
    if place.found == "}" and not place.context.keyword:
        return place.error("S013", "`}` closes nothing", help="remove it, or restore the `{` it belongs to")
    for opening, (sign, terminal) in _CLOSING.items():
        open_one = place.context.open_bracket
        if place.found == sign and terminal not in place.expected and (open_one is None or open_one.type != opening):
            return place.error("S013", f"`{sign}` closes nothing", help="remove it", write="")
    return None


def trailing_comma(place: Place) -> Diagnostic | None:
    """Explain a comma after the last element."""
    before = place.previous
    if before is None or before.type != "COMMA" or not (place.at_end or _ends_list(place)):
        return None
    at = place.offset_of(before)
    return place.error(
        "S021",
        "`,` with nothing behind it",
        span=place.span(at, at + 1),
        help="remove it: a list has no `,` after its last element",
        write="",
    )


def _ends_list(place: Place) -> bool:
    return place.found in {"}", "]", ",", ")"}


def unclosed_bracket(place: Place) -> Diagnostic | None:
    """Explain a parenthesis or bracket that is still open where its content has ended."""
    open_one = place.context.open_bracket
    if open_one is None or not (place.at_end or place.found == "}" or _begins_item(place)):
        return None
    sign, terminal = _CLOSING[open_one.type]
    if terminal not in place.expected:
        return None
    at = place.offset_of(open_one)
    return place.error(
        "S020",
        f"`{open_one.text}` is not closed",
        span=place.span(at, at + 1),
        help=f"add the `{sign}` that is missing",
        labels=[Label(place.span(), f"expected `{sign}` before this")],
    )


def _begins_item(place: Place) -> bool:
    return place.found in {"when", "that", "action", "pre-action", "post-action", "soak", "approvals", "description"}


def missing_comma(place: Place) -> Diagnostic | None:
    """Explain two elements of a list with nothing between them."""
    if "COMMA" not in place.expected or not _BEGINS_ELEMENT.match(place.found) or place.found == "-":
        return None
    if "RBRACE" in place.expected and nearest(place.found, place.keywords):
        return None
    before = place.context.before
    at = place.start if before is None else before[1]
    beside = "here" if before is None else f"between `{shown(place.text[slice(*before)])}` and `{shown(place.found)}`"
    gap = place.span(at, at)
    return error(
        "S021",
        f"`,` is missing {beside}",
        place.span(),
        help="elements of a list stand apart by `,`",
        fix=Fix("add the `,`", (TextEdit(gap, ","),), FixSafety.UNSAFE),
    )


def needless_comma(place: Place) -> Diagnostic | None:
    """Explain a comma where no list goes on."""
    if place.found != "," or "RBRACE" not in place.expected:
        return None
    context = place.context
    if context.after == "in":
        return place.error("S018", "`,` has no place here", help="a list stands in brackets, as in `in [qa, staging]`")
    if context.in_condition:
        return place.error("S018", "`,` does not join conditions", help="write `and` or `or`")
    if context.last_item == "trigger":
        return place.error("S018", "a flow has one trigger", help="further environments are steps: `step qa after dev`")
    return place.error("S018", "`,` has no place here", help="items need no separator: remove it", write="")


def missing_conjunction(place: Place) -> Diagnostic | None:
    """Explain two conditions with nothing between them."""
    if not {"AND", "OR"} <= place.expected or not place.found[:1].isalnum():
        return None
    if not _COMPARES.match(place.text, place.start + len(place.found)):
        return None
    return place.error(
        "S001", f"expected `and` or `or` before `{shown(place.found)}`", help="join conditions by a word"
    )
