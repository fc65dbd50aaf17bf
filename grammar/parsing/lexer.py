"""What a text's words look like: one regular expression, and what a word can be.

The definitions are those of `promo.lark`; a test holds this lexer against lark's own on random texts. Every
repetition is possessive, so that no text costs more than one pass.
"""

from __future__ import annotations

import re

_STRING = r'"[^"\\\r\n]*+(?:\\[^\r\n][^"\\\r\n]*+)*+"'

SCAN = re.compile(
    r"(?:[ \t\r\n\f]++|#[^\r\n]*+)*+"
    r"(?:"
    r"(-?[A-Za-z0-9][A-Za-z0-9:-]*+)((?:\.[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?|\[" + _STRING + r"\])++)?"
    rf"|({_STRING})"
    r"|([{}\[\](),]|[=!<>]=|[=<>])"
    r")?"
)
"""White space and comments, then one word (group 1, with what would make it a reference in group 2), string (3) or
sign (4); no group at the end of the text and before a character that begins nothing."""

WORD, REFERENCE, STRING, SIGN = 1, 2, 3, 4
"""The groups of `SCAN`."""

SIGNS = {
    "{": "LBRACE",
    "}": "RBRACE",
    "[": "LSQB",
    "]": "RSQB",
    "(": "LPAR",
    ")": "RPAR",
    ",": "COMMA",
    "=": "EQUAL",
    "==": "EQ",
    "!=": "NE",
    "<=": "LE",
    "<": "LT",
    ">=": "GE",
    ">": "GT",
}
"""The terminal of each sign."""

_LITERALS = (
    ("MOMENT", re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}\Z")),
    ("INT", re.compile(r"-?[0-9]+\Z")),
    ("TIME", re.compile(r"[0-9]{2}:[0-9]{2}\Z")),
    ("DATE", re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")),
    ("DURATION", re.compile(r"(?=[0-9])(?:[0-9]+d)?(?:[0-9]+h)?(?:[0-9]+m)?(?:[0-9]+s)?\Z")),
)


def is_reference(match: re.Match[str]) -> bool:
    """Say whether what `SCAN` found with a `REFERENCE` is one as a whole."""
    word = match[WORD]
    return word[0] >= "A" and ":" not in word


def literal_of(word: str, accepted: dict[str, int]) -> str:
    """Return the terminal of a word that is no keyword here, or an empty text if it is none.

    Args:
        word: as `SCAN` finds it.
        accepted: the terminals that the parser's state accepts.
    """
    if word[0] < "A":
        for terminal, pattern in _LITERALS:
            if terminal in accepted and pattern.match(word):
                return terminal
    # Of the words that `SCAN` finds, these are the ones that `lexical.BARE_NAME` matches.
    return "NAME" if "NAME" in accepted and word[0] != "-" != word[-1] and ":" not in word else ""
