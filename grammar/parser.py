"""Text to AST: one fast pass over good text, and a second, declaration by declaration, over broken text."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from grammar.chunks import chunks
from grammar.diagnostics import Diagnostic, error, in_order, warning
from grammar.limits import DEFAULT_LIMITS, Limits
from grammar.nodes import Declaration, File
from grammar.parsing.build import Build
from grammar.parsing.driver import Driver, LimitError, StoppedError
from grammar.parsing.make_conditions import CONDITION_MAKERS
from grammar.parsing.make_declarations import DECLARATION_MAKERS
from grammar.parsing.make_items import ITEM_MAKERS
from grammar.parsing.tables import tables
from grammar.span import Span


@dataclass(frozen=True, slots=True)
class Parsed:
    """What parsing a text gave: every declaration that is whole, and what is wrong with the others.

    Attributes:
        file: the good declarations, in order.
        diagnostics: in order of place; empty exactly when the whole text is good.
    """

    file: File
    diagnostics: tuple[Diagnostic, ...]


def parse(text: str, source: str = "<text>", limits: Limits = DEFAULT_LIMITS) -> Parsed:
    """Parse one `.promo` text.

    Args:
        text: the whole text; any line breaks; a byte order mark at its start is passed over.
        source: its name in spans.
        limits: bounds; exceeding one is a diagnostic.

    Returns:
        The declarations and the diagnostics; never raises for any text. Cost: O(length).
    """
    if len(text) > limits.file_size:
        too_large = error(
            "S009",
            f"file has {len(text):,} characters, more than the limit of {limits.file_size:,}",
            Span(0, 0, source),
            help="split it into several files; order and file never change the meaning",
        )
        return Parsed(File(source, ()), (too_large,))
    found: list[Diagnostic] = []
    if not text.isascii():
        from grammar.explaining.characters import deceptive, undecodable

        half = undecodable(text, source)
        if half is not None:
            return Parsed(File(source, ()), (half,))
        found += deceptive(text, source, limits.diagnostics + 1)
    build = Build(source, limits)
    declarations = _parse_whole(text, build)
    if declarations is None:
        declarations = _parse_pieces(text, source, limits, found)
    else:
        found += build.found
    return Parsed(File(source, declarations), _capped(found, limits))


def parse_declaration(text: str, source: str, base: int, limits: Limits = DEFAULT_LIMITS) -> Parsed:
    """Parse one declaration that stands at offset ``base`` of its source.

    Args:
        text: the declaration's own text.
        source: the name of its source in spans.
        base: offset of the text's first character in the source.
        limits: bounds; exceeding one is a diagnostic.
    """
    found: list[Diagnostic] = []
    declarations = _parse_piece(text, source, base, limits, found)
    return Parsed(File(source, declarations), _capped(found, limits))


def _parse_whole(text: str, build: Build) -> tuple[Declaration, ...] | None:
    """Parse a text in one go; None when it has a syntax error."""
    try:
        return tuple(_driver(build.limits, explicable=False).parse(text, 0, build))
    except (StoppedError, LimitError):
        return None


def _parse_pieces(text: str, source: str, limits: Limits, found: list[Diagnostic]) -> tuple[Declaration, ...]:
    """Parse declaration by declaration, reporting each broken one and keeping the good ones."""
    from grammar.explaining import foreign_language

    foreign = foreign_language(text, source)
    if foreign is not None:
        found.append(foreign)
        return ()
    declarations: list[Declaration] = []
    for chunk in chunks(text):
        declarations += _parse_piece(text[chunk.start : chunk.end], source, chunk.start, limits, found)
        if len(found) > limits.diagnostics:
            break
    return tuple(declarations)


def _parse_piece(text: str, source: str, base: int, limits: Limits, found: list[Diagnostic]) -> tuple[Declaration, ...]:
    from grammar.explaining import explain

    build = Build(source, limits)
    declarations: tuple[Declaration, ...] = ()
    try:
        declarations = tuple(_driver(limits, explicable=True).parse(text, base, build))
    except StoppedError as stopped:
        build.found.append(explain(stopped.stop, tables(), text, source, base))
    except LimitError as exceeded:
        build.found.append(_exceeded(exceeded, source, limits))
    found += build.found
    return declarations


def _exceeded(exceeded: LimitError, source: str, limits: Limits) -> Diagnostic:
    span = Span(exceeded.start, exceeded.end, source)
    if exceeded.limit == "elements":
        message = f"more than {limits.elements:,} elements in one list"
        return error("S024", message, span, help="split the declaration, or select by label instead of by name")
    message = f"condition is nested more than {limits.nesting} levels deep"
    return error("S010", message, span, help="split it into several policies: settings merge field by field")


def _capped(found: list[Diagnostic], limits: Limits) -> tuple[Diagnostic, ...]:
    ordered = in_order(found)
    if len(ordered) <= limits.diagnostics:
        return ordered
    kept = ordered[: limits.diagnostics]
    last = kept[-1].span
    message = f"more than {limits.diagnostics} problems in this file; the rest is not shown"
    return (*kept, warning("S016", message, last, help="mend these first, then run again"))


@lru_cache(maxsize=8)
def _driver(limits: Limits, *, explicable: bool) -> Driver:
    """Return the parser."""
    makers = {**DECLARATION_MAKERS, **ITEM_MAKERS, **CONDITION_MAKERS}
    return Driver(tables(), makers, limits, explicable=explicable)
