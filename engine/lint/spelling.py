"""Whether a word is probably another, misspelt; stricter than what errors suggest: here the word may be right."""

from __future__ import annotations

from collections.abc import Collection

from grammar.suggest import distance, nearest

_SHORTEST = 5
_LETTERS_PER_SLIP = 5


def misspelt(word: str, known: Collection[str]) -> str | None:
    """Return the known word that another one was meant to be, or None where it may well be a word of its own.

    Short words, words that differ in digits only, and plurals are taken for what they are.
    """
    if len(word) < _SHORTEST or word in known:
        return None
    near = nearest(word, known)
    if near is None or len(near) < _SHORTEST or _letters(near) == _letters(word):
        return None
    if near.removesuffix("s") == word.removesuffix("s"):
        return None
    limit = max(1, len(word) // _LETTERS_PER_SLIP)
    return near if distance(word.lower(), near.lower(), limit) <= limit else None


def _letters(word: str) -> str:
    return "".join(character for character in word if not character.isdigit())
