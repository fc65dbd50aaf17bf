"""The words that patterns with `*` stand for: containment, overlap, and a word that some fit and others do not.

A set of patterns is one automaton whose states are the bits of one `int`; a breadth-first walk over the
characters that matter finds a shortest word. Source: domain, triggering (patterns).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from engine.model.glob import matches
from engine.verify.words import LONGEST_NAME, Language

MOST_STATES = 40_000
"""States a search looks at before it gives up."""

_FEW_STATES = 3_000
"""States within which the shortest word is looked for before a long one is put together."""

_ORDINARY = "xyzabcdefghijklmnopqrstuvw0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class TooComplexError(Exception):
    """The search for a word looked at `MOST_STATES` states and gave up."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A text that stands for itself, or a glob whose `*` stands for any text.

    Attributes:
        text: as written.
        glob: whether `*` is a wildcard in it.
    """

    text: str
    glob: bool

    def fits(self, word: str) -> bool:
        """Say whether the pattern stands for a word."""
        return matches(self.text, word) if self.glob else self.text == word


def pattern(text: str) -> Pattern:
    """Return the pattern of a glob; one without `*` stands for itself."""
    return Pattern(text, "*" in text)


def contains(outer: str, inner: str) -> bool:
    """Say whether every text that the glob ``inner`` matches is matched by ``outer``.

    Exact over all texts: ``outer`` is asked about ``inner`` with a character in place of each `*` that stands
    in neither, and which therefore only a `*` can take.
    """
    strange = _unmentioned(outer + inner)
    return matches(outer, inner.replace("*", strange))


@lru_cache(maxsize=65536)
def overlap(one: str, other: str) -> bool:
    """Say whether some text is matched by both globs. O(len(one) * len(other))."""
    reach = {(0, 0)}
    stack = [(0, 0)]
    while stack:
        left, right = stack.pop()
        if left == len(one) and right == len(other):
            return True
        for step in _steps(one, other, left, right):
            if step not in reach:
                reach.add(step)
                stack.append(step)
    return False


def _steps(one: str, other: str, left: int, right: int) -> list[tuple[int, int]]:
    """Return the places in two globs that one common character, or an empty `*`, leads to."""
    found = []
    first = one[left] if left < len(one) else ""
    second = other[right] if right < len(other) else ""
    if first == "*":
        found.append((left + 1, right))
        if second:
            found.append((left, right + 1))
    if second == "*":
        found.append((left, right + 1))
        if first:
            found.append((left + 1, right))
    if first and first == second:
        found.append((left + 1, right + 1))
    return found


@lru_cache(maxsize=65536)
def word(fitting: frozenset[Pattern], others: frozenset[Pattern], language: Language) -> str | None:
    """Return a word that all of some patterns stand for and none of others; None where there is none.

    Args:
        fitting: patterns that must stand for the word.
        others: patterns that must not.
        language: the words there are.

    Returns:
        A shortest word where that is quickly found, preferring characters that no pattern mentions.

    Raises:
        TooComplexError: when the search looked at `MOST_STATES` states.
    """
    exact = next((found for found in fitting if not found.glob), None)
    if exact is not None:
        return exact.text if _is_good(exact.text, fitting, others, language) else None
    automaton = _Automaton(fitting, others, language)
    found, complete = automaton.search(_FEW_STATES)
    if complete:
        return found
    joined = _joined(fitting, automaton.fresh or "x")
    if _is_good(joined, fitting, others, language):
        return joined
    found, complete = automaton.search(MOST_STATES)
    if not complete:
        raise TooComplexError
    return found


def _is_good(text: str, fitting: Iterable[Pattern], others: Iterable[Pattern], language: Language) -> bool:
    return language.holds(text) and all(one.fits(text) for one in fitting) and not any(one.fits(text) for one in others)


def _joined(fitting: Iterable[Pattern], filler: str) -> str:
    """Return one word put together of all parts of some globs: longest beginning, all middles, longest end."""
    begin, end = "", ""
    middles: list[str] = []
    for found in sorted(fitting, key=lambda one: one.text):
        first, *inner, last = found.text.split("*")
        begin, end = max(begin, first, key=len), max(end, last, key=len)
        middles += [part for part in inner if part]
    return filler.join([begin, *dict.fromkeys(middles), end]) if middles else begin + filler + end


def _unmentioned(text: str) -> str:
    """Return a character that stands nowhere in a text."""
    return next(character for character in map(chr, range(0xE000, 0xF8FF)) if character not in text)


class _Automaton:
    """All patterns at once: bit `n` of a state says that its pattern has been read up to there."""

    def __init__(self, fitting: Iterable[Pattern], others: Iterable[Pattern], language: Language) -> None:
        self.language = language
        self.start = self.loops = self.accept_fitting = self.accept_others = self.hopeless = 0
        self.steps: dict[str, int] = {}
        self.blocks: list[int] = []
        offset = 0
        for wanted, patterns in ((True, fitting), (False, others)):
            for found in sorted(patterns, key=lambda one: (one.text, one.glob)):
                offset = self._add(found, wanted, offset)
        self.fresh = self._fresh()
        allowed = language.characters
        mentioned = [found for found in sorted(self.steps) if allowed is None or found in allowed]
        self.alphabet = [*([self.fresh] if self.fresh else []), *mentioned]

    def _add(self, found: Pattern, wanted: bool, offset: int) -> int:
        """Put a pattern's states at an offset; return the offset after them."""
        self.start |= 1 << offset
        at = offset
        for character in found.text:
            if found.glob and character == "*":
                self.loops |= 1 << at
            else:
                self.steps[character] = self.steps.get(character, 0) | 1 << at
                at += 1
        if wanted:
            self.accept_fitting |= 1 << at
            self.blocks.append((1 << at + 1) - (1 << offset))
        else:
            self.accept_others |= 1 << at
            # A pattern that ends with `*` and has been read stays read: such a word is lost for good.
            self.hopeless |= self.loops & 1 << at
        return at + 1

    def _fresh(self) -> str | None:
        """Return a character that no pattern mentions and that may stand anywhere; None where there is none."""
        ordinary = next((found for found in _ORDINARY if found not in self.steps), None)
        if ordinary is not None or self.language is Language.NAME:
            return ordinary
        return next(found for found in map(chr, range(0x4E00, 0xFFFF)) if found not in self.steps)

    def search(self, most: int) -> tuple[str | None, bool]:
        """Return a shortest word, and whether the search came to its end within so many states."""
        # INVARIANT: what has been read belongs to the key: the empty word and a later visit of the same state
        # differ where the language has no empty word, or asks how a word ends.
        begin = (self.start, 0)
        came: dict[tuple[int, int], tuple[tuple[int, int], str] | None] = {begin: None}
        if self._accepts(*begin):
            return "", True
        layer, length = [begin], 0
        while layer:
            length += 1
            if self.language is Language.NAME and length > LONGEST_NAME:
                return None, True
            following: list[tuple[int, int]] = []
            for node in layer:
                for character in self.alphabet:
                    target = self._step(node, character)
                    if target is None or target in came:
                        continue
                    came[target] = (node, character)
                    if self._accepts(*target):
                        return self._read(came, target), True
                    following.append(target)
                if len(came) > most:
                    return None, False
            layer = following
        return None, True

    def _step(self, node: tuple[int, int], character: str) -> tuple[int, int] | None:
        """Return where a character leads; None where no word can come of it."""
        state, phase = node
        if self.language is Language.NAME:
            ends_well = character not in "-_."
            if phase == 0 and not ends_well:
                return None
            phase = 1 if ends_well else 2
        else:
            phase = 1
        target = ((state & self.steps.get(character, 0)) << 1) | (state & self.loops)
        if target & self.hopeless or not all(target & block for block in self.blocks):
            return None
        return target, phase

    def _accepts(self, state: int, phase: int) -> bool:
        if state & self.accept_fitting != self.accept_fitting or state & self.accept_others:
            return False
        match self.language:
            case Language.TEXT:
                return True
            case Language.WORD:
                return phase > 0
            case Language.NAME:
                return phase == 1

    @staticmethod
    def _read(came: dict[tuple[int, int], tuple[tuple[int, int], str] | None], node: tuple[int, int]) -> str:
        letters: list[str] = []
        before = came[node]
        while before is not None:
            node, character = before
            letters.append(character)
            before = came[node]
        return "".join(reversed(letters))
