"""Keywords are contextual: every keyword is a good bare name, wherever a name may stand."""

from __future__ import annotations

from dataclasses import fields, is_dataclass

import pytest

from grammar.format import format_text
from grammar.nodes import Name
from grammar.parser import parse
from grammar.parsing.tables import tables
from tests.support.ast_strategies import KEYWORDS

POSITIONS = [
    'environment N { kind N  cluster N namespaces N, N  tags N, N  labels N = "x"  namespace N }',
    "product N { template N  applications N, N  flow N  flow N when a == b  concurrency N  api-version N }",
    "template N priority 5 { namespace N }",
    "policy N { pre-action N  action N  post-action N  window N  rollback N  approvals 2 from N, N }",
    "flow N { trigger N  step N after N, N  on start N  on success N  on failure N }",
    "flow N { trigger N { action N }  step N after N { pre-action N  on start N } }",
    'require N "title" { that passed N }',
    "require N { that passed N and not passed N }",
    "window N { days N, N to N, N }",
    "freeze N { }",
    "access N { teams N, N  allow N, N }",
    'test "x" { product N  expect flow N  expect order N, N  expect blocked N by N  expect N { action N } }',
    'test "x" { tags N, N  labels N = "y" }',
    "policy x { when a == N  action pr }",
    "policy x { when a in [N, N] or a != N  action pr }",
    "policy x { when a not in N  action pr }",
    "policy x { when not (a == N and b < N)  action pr }",
    'policy x { when a matches [N, "b"]  action pr }',
    "policy x { when N.name == N  action pr }",
]
FIRST_WORDS = ["policy x { when N == a }", 'policy x { when (N == a or N in [b]) and N matches "x" }']


def words_of(value: object) -> list[str]:
    if isinstance(value, tuple):
        return [word for part in value for word in words_of(part)]
    if not is_dataclass(value):
        return [value] if isinstance(value, str) else []
    return [word for field in fields(value) if field.name != "span" for word in words_of(getattr(value, field.name))]


def test_the_strategies_know_every_keyword() -> None:
    assert set(tables().keywords) <= set(KEYWORDS)


@pytest.mark.parametrize("position", POSITIONS)
def test_every_keyword_is_a_name(position: str) -> None:
    for keyword in KEYWORDS:
        text = position.replace("N", keyword)
        parsed = parse(text)
        assert parsed.diagnostics == (), text
        assert words_of(parsed.file.declarations).count(keyword) >= position.count("N"), text
        formatted = format_text(text).text
        assert formatted is not None
        assert parse(formatted).file == parsed.file


@pytest.mark.parametrize("position", FIRST_WORDS)
def test_every_keyword_but_not_and_passed_begins_a_comparison(position: str) -> None:
    for keyword in set(KEYWORDS) - {"not", "passed"}:
        assert parse(position.replace("N", keyword)).diagnostics == (), keyword


def test_a_keyword_ends_where_a_name_would() -> None:
    parsed = parse("policy x { action-pr }")
    assert [found.code for found in parsed.diagnostics] == ["S003"]
    assert parse("policyx { }").diagnostics[0].code == "S002"


def test_the_workflow_none_in_quotes_is_not_the_word_none() -> None:
    (declaration,) = parse('policy x { pre-action "none"  post-action none }').file.declarations
    quoted = [item.value.name.quoted for item in declaration.items]  # type: ignore[union-attr]
    assert quoted == [True, False]
    assert Name("none", quoted=True) == Name("none")
