"""Which explanation fits: from the most certain to the most general."""

from __future__ import annotations

from grammar.diagnostics import Diagnostic
from grammar.explaining import brackets, characters, foreign, values, words
from grammar.explaining.place import place_of
from grammar.parsing.driver import Stop
from grammar.parsing.tables import Tables

_ATTEMPTS = (
    brackets.unclosed_string,
    characters.odd_character,
    foreign.merge_conflict,
    foreign.foreign_comment,
    brackets.unclosed_declaration,
    brackets.stray_closing,
    words.unknown_declaration,
    brackets.trailing_comma,
    brackets.unclosed_bracket,
    values.split_moment,
    foreign.foreign_quotes,
    values.wrong_form,
    foreign.foreign_operator,
    foreign.foreign_mark,
    values.text_needs_quotes,
    values.name_needs_quotes,
    words.header,
    brackets.needless_comma,
    brackets.missing_comma,
    brackets.missing_conjunction,
    words.unknown_keyword,
    words.wrong_word,
)


def explain(stop: Stop, tables: Tables, text: str, source: str, base: int) -> Diagnostic:
    """Turn what the parser stumbled over into a diagnostic.

    Args:
        stop: where and how the parser stopped.
        tables: its tables.
        text: the text it parsed.
        source: the source's name.
        base: offset of the text in the source.
    """
    place = place_of(stop, tables, text, source, base)
    for attempt in _ATTEMPTS:
        made = attempt(place)
        if made is not None:
            return made
    return words.anything_else(place)
