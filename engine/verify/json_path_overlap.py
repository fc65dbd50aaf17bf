"""Whether two JSONPaths can select the same value, or one a value inside what the other selects.

Names and indexes select one value each, and are compared exactly. Everything else (`..`, `*`, slices, filters,
indexes from the end) depends on the document: where some document makes two queries meet, they may overlap.
Source: RFC 9535; domain, promotion template.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

WHOLE_FILE = "*"
"""Alone in a list of JSONPaths, it stands for the file as it is."""


class Overlap(Enum):
    """How two queries meet."""

    NO = "never"
    MAYBE = "in some documents"
    YES = "always"


@dataclass(frozen=True, slots=True)
class Segment:
    """One step down: the children that one of the selectors takes, or that of any descendant.

    Attributes:
        selectors: a name, an index, or None for whatever depends on the document.
        deep: whether descendants are looked at as well.
    """

    selectors: frozenset[str | int | None]
    deep: bool = False

    @property
    def exact(self) -> bool:
        """Whether it selects one child by name or index."""
        return not self.deep and len(self.selectors) == 1 and None not in self.selectors

    def may_take(self, key: str | int) -> bool:
        """Say whether it can select the child of a key."""
        return key in self.selectors or None in self.selectors


def overlap_of(one: str, other: str) -> Overlap:
    """Say how two JSONPaths of one file meet; `*` alone is the whole file.

    A path that cannot be read may meet every other. Cost: O(segments of one * segments of the other).
    """
    if WHOLE_FILE in (one, other):
        return Overlap.YES
    left, right = segments(one), segments(other)
    if left is None or right is None:
        return Overlap.MAYBE
    # Two filters look alike here, whatever they ask: only what is written out says that two paths are the same.
    if one == other or (left == right and all(None not in segment.selectors for segment in left)):
        return Overlap.YES
    if all(segment.exact for segment in (*left, *right)):
        shorter = min(len(left), len(right))
        return Overlap.YES if left[:shorter] == right[:shorter] else Overlap.NO
    return Overlap.MAYBE if _can_meet(left, right) else Overlap.NO


def _can_meet(left: tuple[Segment, ...], right: tuple[Segment, ...]) -> bool:
    """Walk down both at once, by every key that matters; they meet when one of them has ended."""
    keys: list[str | int] = [
        key for segment in (*left, *right) for key in segment.selectors if key is not None
    ] + _UNNAMED
    seen = {(0, 0)}
    stack = [(0, 0)]
    while stack:
        at, other_at = stack.pop()
        if at == len(left) or other_at == len(right):
            return True
        for step in (
            (place, other_place)
            for key in dict.fromkeys(keys)
            for place in _down(left, at, key)
            for other_place in _down(right, other_at, key)
        ):
            if step not in seen:
                seen.add(step)
                stack.append(step)
    return False


_UNNAMED: list[str | int] = ["\0", 1 << 62]
"""A name and an index that stand for all that no path mentions."""


def _down(path: tuple[Segment, ...], at: int, key: str | int) -> Iterator[int]:
    segment = path[at]
    if segment.deep:
        yield at
    if segment.may_take(key):
        yield at + 1


# --- reading ---------------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def segments(path: str) -> tuple[Segment, ...] | None:
    """Return the segments of a JSONPath; None for a text that is none.

    What follows a `?` is only looked through for its end: which children a filter takes depends on the document.
    """
    text = path.strip()
    if not text.startswith("$"):
        return None
    found: list[Segment] = []
    position = 1
    while position < len(text):
        if text[position].isspace():
            position += 1
            continue
        deep = text.startswith("..", position)
        if text[position] == ".":
            position += 2 if deep else 1
        if not deep and text[position - 1] != "." and text[position] != "[":
            return None
        read = _selectors(text, position)
        if read is None:
            return None
        selectors, position = read
        found.append(Segment(selectors, deep))
    return tuple(found)


def _selectors(text: str, position: int) -> tuple[frozenset[str | int | None], int] | None:
    """Return what is selected from a place on, and where it ends."""
    if position >= len(text):
        return None
    if text[position] == "*":
        return frozenset({None}), position + 1
    if text[position] == "[":
        return _bracket(text, position + 1)
    end = position
    while end < len(text) and (text[end].isalnum() or text[end] == "_" or text[end] > "\x7f"):
        end += 1
    return (frozenset({text[position:end]}), end) if end > position else None


def _bracket(text: str, position: int) -> tuple[frozenset[str | int | None], int] | None:
    """Return the selectors of a bracket, which are separated by commas outside of quotes and inner brackets."""
    found: set[str | int | None] = set()
    begin, depth = position, 0
    while position < len(text):
        character = text[position]
        if character in "'\"":
            end = _end_of_quote(text, position)
            if end is None:
                return None
            position = end
            continue
        if depth == 0 and character in ",]":
            found.add(_selector(text[begin:position].strip()))
            begin = position + 1
            if character == "]":
                return frozenset(found), position + 1
        elif character in "[(":
            depth += 1
        elif character in "])":
            depth -= 1
        position += 1
    return None


def _end_of_quote(text: str, position: int) -> int | None:
    quote = text[position]
    position += 1
    while position < len(text):
        if text[position] == "\\":
            position += 1
        elif text[position] == quote:
            return position + 1
        position += 1
    return None


def _selector(text: str) -> str | int | None:
    """Return the name or the index that a selector is; None for all others."""
    if text.isdigit():
        return int(text)
    if len(text) < 2 or text[0] not in "'\"" or text[0] != text[-1]:
        return None
    inner = text[1:-1]
    # An escape could spell any name; to count it as "any" can only find too much.
    return None if "\\" in inner else inner
