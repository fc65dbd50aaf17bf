"""The words about the language are in step with the language."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pytest

from grammar import nodes
from grammar.parsing.make_conditions import CONDITION_MAKERS
from grammar.parsing.make_declarations import DECLARATION_MAKERS
from grammar.parsing.make_items import ITEM_MAKERS
from grammar.parsing.tables import SHIPPED, as_json, derive, tables
from grammar.vocabulary import AFTER, DECLARATIONS, MISPLACED, SETTINGS, SYNONYMS, TERMINAL_WORDS, keyword_of

GRAMMAR = files("grammar").joinpath("promo.lark").read_text(encoding="utf-8")
TERMINALS = {terminal for row in tables().actions for terminal in row}
KEYWORDS = {keyword_of(terminal) for terminal in TERMINALS if terminal not in TERMINAL_WORDS}
CONDITION_SIGNS = {"==", "!=", "<", "<=", ">", ">="}


def test_every_terminal_has_words() -> None:
    assert set(TERMINAL_WORDS) <= TERMINALS
    assert set(AFTER) - CONDITION_SIGNS == KEYWORDS - {"from", "to"}


def test_every_keyword_of_the_tables_is_one_of_the_grammar() -> None:
    commit_fields = {"message", "revision", "author", "branch"}
    assert set(tables().keywords) == KEYWORDS | commit_fields


def test_every_declaration_is_listed() -> None:
    rule = re.search(r"\?declaration:(.*?)\n\n", GRAMMAR, re.DOTALL)
    assert rule is not None
    listed = {word.strip() for word in rule[1].split("|")}
    assert listed == set(DECLARATIONS) == set(DECLARATION_MAKERS)
    assert {one.__name__.lower() for one in nodes.Declaration.__args__} == listed


def test_every_rule_that_makes_a_node_has_a_function() -> None:
    makers = {**DECLARATION_MAKERS, **ITEM_MAKERS, **CONDITION_MAKERS}
    passing_on = {rule.name for rule in tables().rules if rule.passing}
    making = {rule.name for rule in tables().rules} - passing_on - {"", "start"}
    assert making == set(makers)


def test_advice_speaks_of_keywords() -> None:
    for words in SYNONYMS.values():
        assert {word.split()[0] for word in words} <= KEYWORDS | {"message", "revision"}
    blocks = set(DECLARATIONS) | {"step", "trigger", "expect"}
    assert {block for block, _ in MISPLACED} <= blocks
    assert set(SETTINGS) <= KEYWORDS


def test_the_tables_that_are_shipped_are_those_of_the_grammar() -> None:
    shipped = files("grammar.parsing").joinpath(SHIPPED).read_text(encoding="utf-8")
    hint = "write them anew with `python -m grammar.parsing.tables`"
    assert shipped == as_json(derive(GRAMMAR), GRAMMAR), hint


def test_tables_are_the_same_shipped_derived_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is shipped counts for its own grammar only; for another, tables are derived and kept."""
    monkeypatch.setenv("PROMO_CACHE_DIR", str(tmp_path))
    assert not list(tmp_path.iterdir())
    shipped = tables.__wrapped__()
    assert not list(tmp_path.iterdir())
    other = GRAMMAR + "// another"
    monkeypatch.setattr("grammar.parsing.tables.grammar_text", lambda: other)
    derived = tables.__wrapped__()
    assert list(tmp_path.iterdir())
    monkeypatch.setattr("grammar.parsing.tables.derive", None)
    kept = tables.__wrapped__()
    assert shipped == derived == kept
