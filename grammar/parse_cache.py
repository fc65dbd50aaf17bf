"""Parses many texts, those that were parsed before from the cache: no grammar is loaded for them."""

from __future__ import annotations

import gc
from collections.abc import Iterable
from functools import lru_cache
from typing import cast

from grammar.calm import calm_collector
from grammar.content_cache import ContentCache, code_fingerprint
from grammar.diagnostics import Diagnostic
from grammar.limits import DEFAULT_LIMITS, Limits
from grammar.nodes import Declaration, File
from grammar.parser import Parsed, parse

AST_MODULES = (
    "grammar.diagnostics",
    "grammar.expressions",
    "grammar.nodes",
    "grammar.span",
    "grammar.tree.examples",
    "grammar.tree.places",
    "grammar.tree.rules",
    "grammar.tree.shared",
)
"""The modules whose classes a parsed text consists of."""


def parse_cache() -> ContentCache:
    """Return the user's cache of parsed texts."""
    return ContentCache.of_user("parsed", AST_MODULES)


def parse_cached(text: str, source: str, cache: ContentCache, limits: Limits = DEFAULT_LIMITS) -> Parsed:
    """Return what `parse` does, from the cache where it is there.

    Args:
        text: the whole text.
        source: its name in spans; it is part of the key, because spans hold it.
        cache: as `parse_cache` gives it.
        limits: bounds, as for `parse`.
    """
    key = cache.key(text, source, repr(limits), _code())
    kept = cache.get(key)
    if isinstance(kept, tuple) and len(kept) == 2:
        declarations, diagnostics = cast("tuple[tuple[Declaration, ...], tuple[Diagnostic, ...]]", kept)
        return Parsed(File(source, declarations), diagnostics)
    parsed = parse(text, source, limits)
    cache.put(key, (parsed.file.declarations, parsed.diagnostics))
    return parsed


def parse_many(
    items: Iterable[tuple[str, str]], cache: ContentCache | None = None, limits: Limits = DEFAULT_LIMITS
) -> list[Parsed]:
    """Parse texts, in order.

    Args:
        items: pairs of source name and text.
        cache: where parsed texts are kept; None for the user's cache.
        limits: bounds for each text.
    """
    kept = parse_cache() if cache is None else cache
    parsed = []
    with calm_collector():
        for source, text in items:
            parsed.append(parse_cached(text, source, kept, limits))
            # What is finished is set aside at once, so that the collector never walks it.
            gc.freeze()
    return parsed


@lru_cache(maxsize=1)
def _code() -> str:
    return code_fingerprint("grammar")
