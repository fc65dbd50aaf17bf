"""Words of patterns, against trying every short word."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.verify.globs import Pattern, contains, overlap, pattern, word
from engine.verify.words import Language
from tests.engine.verify.oracle.naive import fits

GLOBS = st.text(alphabet="ab-.*1", max_size=5)
WORDS = ["".join(letters) for length in range(6) for letters in product("ab-.1x", repeat=length)]
SHORT = [found for found in WORDS if len(found) < 5]


def is_name(text: str) -> bool:
    return bool(text) and text[0] not in "-." and text[-1] not in "-."


@given(GLOBS, GLOBS)
def test_containment_is_what_trying_words_says(outer: str, inner: str) -> None:
    # `x` stands for every character that no pattern mentions.
    expected = all(fits(outer, text) for text in WORDS if fits(inner, text))
    assert contains(outer, inner) == expected


@given(GLOBS, GLOBS)
def test_overlap_is_what_trying_words_says(one: str, other: str) -> None:
    assert overlap(one, other) == any(fits(one, text) and fits(other, text) for text in WORDS) or len(one + other) > 5


@given(
    st.frozensets(GLOBS.map(pattern), max_size=3),
    st.frozensets(st.builds(Pattern, GLOBS, st.booleans()), max_size=3),
    st.sampled_from(list(Language)),
)
def test_a_word_is_right_and_none_is_right(
    fitting: frozenset[Pattern], others: frozenset[Pattern], language: Language
) -> None:
    def good(text: str) -> bool:
        exists = {Language.NAME: is_name(text), Language.WORD: text != "", Language.TEXT: True}[language]
        asked = [fits(p.text, text) if p.glob else p.text == text for p in fitting]
        avoided = [fits(p.text, text) if p.glob else p.text == text for p in others]
        return exists and all(asked) and not any(avoided)

    found = word(fitting, others, language)
    known = next((text for text in SHORT if good(text)), None)
    if found is None:
        assert known is None
    else:
        assert good(found)
        assert known is None or len(found) <= len(known)


@pytest.mark.parametrize(("language", "expected"), [(Language.TEXT, ""), (Language.WORD, "x"), (Language.NAME, "x")])
def test_the_empty_word_is_not_mistaken_for_a_later_visit(language: Language, expected: str) -> None:
    assert word(frozenset([Pattern("*", True)]), frozenset(), language) == expected


def test_a_word_may_begin_and_end_with_what_it_holds_in_the_middle() -> None:
    assert word(frozenset([Pattern("*-x-*", True)]), frozenset(), Language.TEXT) == "-x-"
    assert word(frozenset([Pattern("*-x-*", True)]), frozenset(), Language.NAME) == "y-x-y"


def test_nothing_lies_outside_the_glob_that_takes_everything() -> None:
    assert word(frozenset(), frozenset([Pattern("*", True)]), Language.TEXT) is None


def test_a_star_in_a_literal_is_a_character() -> None:
    star = Pattern("a*", False)
    assert word(frozenset([star, Pattern("a*", True)]), frozenset(), Language.TEXT) == "a*"
    assert word(frozenset([star]), frozenset(), Language.NAME) is None


def test_names_are_at_most_as_long_as_names_may_be() -> None:
    long = Pattern("a" * 254 + "*", True)
    assert word(frozenset([long]), frozenset(), Language.NAME) is None
    assert word(frozenset([long]), frozenset(), Language.WORD) is not None


def test_twelve_infix_globs_have_a_common_word() -> None:
    infixes = frozenset(Pattern(f"*{letter}{letter}{number}*", True) for number, letter in enumerate("abcdefghijkl"))
    found = word(infixes, frozenset([Pattern("*zz*", True)]), Language.NAME)
    assert found is not None
    assert all(fits(one.text, found) for one in infixes)


def test_names_exist_though_every_letter_is_mentioned() -> None:
    letters = [chr(code) for code in range(128) if chr(code).isalnum()]
    others = frozenset(Pattern(f"*{letter}*", True) for letter in letters)
    assert word(frozenset(), others, Language.NAME) is None
    assert word(frozenset(), others - {Pattern("*q*", True)}, Language.NAME) == "q"
