"""Manifests as `.promo` text, without losing anything that somebody wrote."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from adapters.manifests.place import shortened
from adapters.manifests.reading import ManifestFile
from grammar import expressions as ex
from grammar import nodes
from grammar.diagnostics import Diagnostic, error
from grammar.format import print_file
from grammar.lexical import quote
from grammar.limits import DEFAULT_LIMITS
from grammar.parser import parse
from grammar.path_parts import path_token
from grammar.span import Span


@dataclass(frozen=True, slots=True)
class Converted:
    """What the declarations of one YAML text became.

    Attributes:
        text: canonical `.promo` text; empty where there are no declarations, and where an error stands against it.
        diagnostics: what cannot be said, and notes on what a server set.
    """

    text: str
    diagnostics: tuple[Diagnostic, ...]


def to_promo(manifests: ManifestFile) -> Converted:
    """Return the declarations of a YAML text as `.promo` text.

    The text is parsed again and compared, so what is returned says the same.

    Args:
        manifests: what was read, without errors.
    """
    found = [*manifests.unsayable]
    for declaration in manifests.file.declarations:
        found.extend(_beyond_bounds(declaration))
    if any(diagnostic.is_error for diagnostic in found) or not manifests.file.declarations:
        return Converted("", tuple(found))
    text = print_file(manifests.file)
    if len(text) > DEFAULT_LIMITS.file_size:
        at = Span(0, 0, manifests.file.source)
        found.append(error("Y030", "this is too much for one `.promo` file", at, help="split it into several files"))
        return Converted("", tuple(found))
    again = parse(text, manifests.file.source)
    assert again.file.declarations == manifests.file.declarations, "what was printed says something else"
    assert not any(diagnostic.is_error for diagnostic in again.diagnostics), "what was printed has errors"
    return Converted(text, tuple(found))


def count_comments(text: str, scalars: tuple[tuple[int, int], ...]) -> int:
    """Return how many comments a YAML text has.

    Args:
        text: the text.
        scalars: start and end of every scalar, in order; a `#` inside one is text.
    """
    count = 0
    position = 0
    for start, end in (*scalars, (len(text), len(text))):
        for line in text[position:start].split("\n"):
            before, mark, _ = line.partition("#")
            count += bool(mark) and (not before or before[-1] in " \t" or before.endswith("]"))
        position = max(position, end)
    return count


def _beyond_bounds(value: Any) -> Iterator[Diagnostic]:
    """Yield an error for every text beyond the bounds of the language, in order."""
    limits = DEFAULT_LIMITS
    match value:
        case nodes.Name():
            yield from _measured(value.text, len(value.text), limits.name_length, value.span)
        case nodes.StringValue():
            yield from _measured(value.text, len(quote(value.text)) - 2, limits.string_length, value.span)
        case ex.Text():
            yield from _measured(value.value, len(quote(value.value)) - 2, limits.string_length, value.span)
        case ex.Path():
            token = path_token(value.parts)
            yield from _measured(token, len(token), limits.string_length, value.span)
        case tuple():
            for item in value:
                yield from _beyond_bounds(item)
        case _ if is_dataclass(value):
            for field in fields(value):
                yield from _beyond_bounds(getattr(value, field.name))


def _measured(text: str, length: int, most: int, span: Span) -> Iterator[Diagnostic]:
    if length > most:
        message = f"`{shortened(text)}` has {length:,} characters, and a `.promo` file may have {most:,} here"
        yield error("Y030", message, span, help="shorten it, or keep this manifest as it is")
