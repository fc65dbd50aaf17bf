"""The language as lark itself parses it from `promo.lark`: what the project's own driver is held against."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from lark import Lark, Token
from lark.exceptions import UnexpectedInput


@lru_cache(maxsize=1)
def lark() -> Lark:
    grammar = files("grammar").joinpath("promo.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", lexer="contextual", maybe_placeholders=False)


def tokens(text: str) -> list[Token]:
    """Return a good text's tokens."""
    return list(lark().parse_interactive(text).iter_parse())


def accepts(text: str) -> bool:
    """Say whether a text is of the language."""
    try:
        lark().parse(text)
    except UnexpectedInput:
        return False
    return True
