"""From text to its canonical layout, comments and groups of lines kept."""

from __future__ import annotations

from dataclasses import dataclass

from grammar.diagnostics import Diagnostic
from grammar.format.comments import gaps_of
from grammar.format.printer import print_declarations
from grammar.limits import DEFAULT_LIMITS, Limits
from grammar.parser import parse


@dataclass(frozen=True, slots=True)
class Formatted:
    """What formatting a text gave.

    Attributes:
        text: the canonical text; None when the text has errors.
        diagnostics: as `parse` gives them.
    """

    text: str | None
    diagnostics: tuple[Diagnostic, ...]


def format_text(text: str, source: str = "<text>", limits: Limits = DEFAULT_LIMITS) -> Formatted:
    """Return a text in the one canonical layout.

    The layout follows from the declarations, the comments and the blank lines alone: two spaces a level, one item a
    line, small declarations of places and times on one line, neighbours lined up, at most 100 columns where a line
    can be broken. Lines end with a line feed, whatever they ended with; a byte order mark goes. Items and declarations
    keep their order, and the result parses to the same AST. Formatting it again changes nothing.

    Args:
        text: the whole text.
        source: its name in spans.
        limits: bounds, as for `parse`.

    Returns:
        The text, or None with the reasons when it has errors: broken text is left as it is.
    """
    parsed = parse(text, source, limits)
    if any(found.is_error for found in parsed.diagnostics):
        return Formatted(None, parsed.diagnostics)
    return Formatted(print_declarations(parsed.file.declarations, gaps_of(text)), parsed.diagnostics)
