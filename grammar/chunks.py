"""Cuts a text into declarations without parsing it, so that a broken one does not hide the others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from grammar.vocabulary import DECLARATIONS

_TOKENS = re.compile(
    r'"[^"\\\r\n]*+(?:\\[^\r\n][^"\\\r\n]*+)*+"?|#[^\r\n]*+|(?P<open>\{)|(?P<close>\})|(?P<word>[^ \t\r\n\f{}"#]++)',
)
"""All that is not white space belongs to a chunk; a string that is not closed ends with its line."""

_HEADER = re.compile(
    rf'(?:{"|".join(DECLARATIONS)})[ \t]+(?:[A-Za-z0-9-]+|"(?:[^"\\\r\n]|\\[^\r\n])*")'
    r'(?:[ \t]+priority[ \t]+\S+|[ \t]+"(?:[^"\\\r\n]|\\[^\r\n])*")?[ \t]*\{'
)


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of text that holds one declaration, or what was meant as one.

    Attributes:
        start: offset of its first character.
        end: offset past its last one; the next chunk begins at or after it.
    """

    start: int
    end: int


def chunks(text: str) -> Iterator[Chunk]:
    """Cut at top-level declarations, in order.

    A declaration ends with the brace that closes it. One that is never closed ends where a line with no
    deeper indentation looks like the header of another. Cost: O(length).
    """
    start = -1
    end = own_indent = depth = 0
    opened = False
    for match in _TOKENS.finditer(text):
        if text[match.start()] == "#":
            continue
        if start >= 0 and match["word"] and _HEADER.match(text, match.start()):
            indent = _indentation(text, end, match.start())
            if indent is not None and (not opened or depth == 0 or indent <= own_indent):
                yield Chunk(start, end)
                start, depth, opened = -1, 0, False
        if start < 0:
            start = match.start()
            own_indent = _indentation(text, end, start) or 0
        end = match.end()
        if match["open"]:
            depth += 1
            opened = True
        elif match["close"]:
            depth -= 1
            if depth <= 0:
                yield Chunk(start, end)
                start, depth, opened = -1, 0, False
    if start >= 0:
        yield Chunk(start, end)


def _indentation(text: str, after: int, offset: int) -> int | None:
    """Return the width of the white space before an offset; None where other text stands before it on its line.

    Args:
        text: the text.
        after: offset past the token before, 0 for none: so far back, and no further, is looked.
        offset: where the indentation ends.
    """
    line = max(text.rfind("\n", after, offset), text.rfind("\r", after, offset)) + 1
    if line == 0 and after > 0:
        return None
    before = text[line:offset]
    return len(before) if not before.strip(" \t\f\ufeff") else None
