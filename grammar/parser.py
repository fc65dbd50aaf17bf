"""Text to AST: one fast pass over good text, and a second, declaration by declaration, over broken text."""

from __future__ import annotations

import gc
import hashlib
import os
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, cast

from grammar.cache_folder import cache_folder
from grammar.chunks import chunks
from grammar.diagnostics import Diagnostic, error, in_order, warning
from grammar.limits import DEFAULT_LIMITS, Limits
from grammar.nodes import Declaration, File
from grammar.span import Span

if TYPE_CHECKING:
    from lark import Lark

    from grammar.builder import AstBuilder


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
        text: the whole text, without a byte order mark; any line breaks.
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
    with _lock:
        declarations = _parse_whole(text, source, limits, found)
        if declarations is None:
            declarations = _parse_pieces(text, source, limits, found)
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
    with _lock:
        declarations = _parse_piece(text, source, base, limits, found)
    return Parsed(File(source, declarations), _capped(found, limits))


@contextmanager
def calm_collector() -> Iterator[None]:
    """Keep the cyclic garbage collector from rescanning ASTs while many files are parsed.

    ASTs hold no cycles; with default thresholds the collector walks them again and again, which
    doubles the time of a large workspace.
    """
    thresholds = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(50_000, 50, 1000)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()


_lock = threading.RLock()


def _parse_whole(text: str, source: str, limits: Limits, found: list[Diagnostic]) -> tuple[Declaration, ...] | None:
    """Parse a text in one go; None when it has a syntax error (then ``found`` is untouched)."""
    from lark.exceptions import UnexpectedInput

    from grammar.builder import NestingTooDeep

    parser, builder = _machinery(limits)
    own: list[Diagnostic] = []
    builder.begin(source, 0, own)
    try:
        tree = parser.parse(text)
    except (UnexpectedInput, NestingTooDeep):
        return None
    found.extend(own)
    return tuple(cast("list[Declaration]", tree.children))


def _parse_pieces(text: str, source: str, limits: Limits, found: list[Diagnostic]) -> tuple[Declaration, ...]:
    """Parse declaration by declaration, reporting each broken one and keeping the good ones."""
    from grammar.syntax_errors import foreign_language

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
    from lark.exceptions import UnexpectedInput

    from grammar.builder import NestingTooDeep
    from grammar.syntax_errors import explain

    parser, builder = _machinery(limits)
    own: list[Diagnostic] = []
    builder.begin(source, base, own)
    try:
        tree = parser.parse(text)
    except UnexpectedInput as unexpected:
        found += own
        found.append(explain(unexpected, text, source, base))
        return ()
    except NestingTooDeep as deep:
        found.append(
            error(
                "S010",
                f"condition is nested more than {limits.nesting} levels deep",
                deep.span,
                help="split it into several policies: settings merge field by field",
            )
        )
        return ()
    found += own
    return tuple(cast("list[Declaration]", tree.children))


def _capped(found: list[Diagnostic], limits: Limits) -> tuple[Diagnostic, ...]:
    ordered = in_order(found)
    if len(ordered) <= limits.diagnostics:
        return ordered
    kept = ordered[: limits.diagnostics]
    last = kept[-1].span
    message = f"more than {limits.diagnostics} problems in this file; the rest is not shown"
    return (*kept, warning("S016", message, last, help="mend these first, then run again"))


@lru_cache(maxsize=4)
def _machinery(limits: Limits) -> tuple[Lark, AstBuilder]:
    """Return the parser and the builder it drives, from the table cache where there is one."""
    from lark import Lark, __version__

    from grammar.builder import AstBuilder

    text = files("grammar").joinpath("promo.lark").read_text(encoding="utf-8")
    builder = AstBuilder(limits)

    def build(cache: str | bool = False) -> Lark:
        return Lark(
            text,
            parser="lalr",
            lexer="contextual",
            maybe_placeholders=False,
            transformer=builder,
            propagate_positions=False,
            cache=cache,
        )

    folder = cache_folder()
    if folder is None:
        return build(), builder
    key = hashlib.sha256(f"{__version__}\n{text}".encode()).hexdigest()[:16]
    table = folder / f"grammar-{key}.tables"
    if not table.exists():
        _store(table, build)
    return build(str(table)), builder


def _store(table: Path, build: Callable[[str], object]) -> None:
    """Write the parser's tables beside the final place and move them there, so that no reader sees half a file."""
    handle, name = tempfile.mkstemp(dir=table.parent, prefix=table.name)
    os.close(handle)
    os.unlink(name)
    try:
        build(name)
        os.replace(name, table)
    except OSError:
        Path(name).unlink(missing_ok=True)
