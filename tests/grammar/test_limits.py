"""Hostile texts cost bounded time and memory, and never a traceback."""

from __future__ import annotations

import tracemalloc

import pytest

from grammar.limits import Limits
from grammar.parser import parse

SIZE = 200_000

HOSTILE = {
    "braces": "{" * SIZE,
    "closing braces": "}" * SIZE,
    "parentheses": "policy x { when " + "(" * SIZE,
    "brackets": "policy x { when a in " + "[" * SIZE,
    "nots": "policy x { when " + "not " * (SIZE // 4),
    "quotes": '"' * SIZE,
    "unclosed strings": '"\n' * (SIZE // 2),
    "backslashes": 'policy x { description "' + "\\" * SIZE,
    "one word": "policy x { description " + "a" * SIZE,
    "dots": "policy x { when " + "a." * (SIZE // 2),
    "dashes": "policy x { when a." + "-" * SIZE,
    "headers on one line": "policy x { " * (SIZE // 11),
    "headers on lines": "policy x {\n" * (SIZE // 11),
    "commas": "policy x { labels a" + "," * SIZE,
    "colons": "policy x { action a" + ":" * SIZE,
    "digits": "policy x priority " + "1" * SIZE + " {}",
    "units": "policy x { soak " + "1h" * (SIZE // 2) + " }",
    "bad escapes": 'policy x { description "' + "\\q" * (SIZE // 2) + '" }',
    "no-break spaces": "policy x { when a" + "\u00a0" * SIZE,
    "direction marks": "# " + "\u202e" * SIZE,
    "nothing characters": "\x00" * SIZE,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_texts_are_refused_within_bounds(text: str) -> None:
    parse("policy x {}")
    tracemalloc.start()
    parsed = parse(text)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert 0 < len(parsed.diagnostics) <= Limits().diagnostics + 1
    assert all(len(found.message) < 300 for found in parsed.diagnostics)
    assert peak < 60 * len(text)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_ten_times_the_text_costs_no_more_than_in_proportion(text: str) -> None:
    """Counted in traced function calls and lines, not in time, so that the machine's load does not matter."""
    small, large = text[: SIZE // 20], text[: SIZE // 2]
    assert steps(large) <= 15 * steps(small) + 20_000


def steps(text: str) -> int:
    import sys

    count = 0

    def tracer(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += 1

    sys.setprofile(tracer)
    try:
        parse(text)
    finally:
        sys.setprofile(None)
    return count


def codes(text: str, limits: Limits) -> list[str]:
    return [found.code for found in parse(text, "x", limits).diagnostics]


def nested(depth: int) -> str:
    return "policy x { when " + "not (a == b and " * depth + "c == d" + ")" * depth + " }"


def test_conditions_may_be_nested_as_deep_as_the_limit() -> None:
    assert codes(nested(32), Limits(nesting=64)) == []
    assert codes(nested(33), Limits(nesting=64)) == ["S010"]
    assert codes(nested(100), Limits(nesting=200)) == []


def test_parentheses_alone_may_be_nested_as_deep_as_the_limit() -> None:
    text = "policy x { when " + "(" * 64 + "a == b" + ")" * 64 + " }"
    assert codes(text, Limits(nesting=64)) == []


def test_a_limit_holds_for_each_thing_it_bounds() -> None:
    assert codes("policy x {}", Limits(file_size=10)) == ["S009"]
    assert codes("policy abc {}", Limits(name_length=2)) == ["S005"]
    assert codes('policy x { description "abc" }', Limits(string_length=2)) == ["S006"]
    assert codes("policy x { when aaa.bbb == 1 }", Limits(string_length=3)) == ["S006"]
    assert codes("policy x priority 1234567890123 {}", Limits()) == ["S008"]
    assert codes(f"policy x {{ soak {'1' * 40}h }}", Limits()) == ["S008"]
    assert codes("environment x { tags a, b, c, d, e }", Limits(elements=4)) == ["S024"]


def test_what_exceeds_a_limit_does_not_hide_the_other_declarations() -> None:
    parsed = parse(f"policy a {{}}\n{nested(70)}\npolicy b {{}}\n")
    assert [found.code for found in parsed.diagnostics] == ["S010"]
    assert len(parsed.file.declarations) == 2


def test_more_problems_than_are_shown_are_counted() -> None:
    found = parse("policy x { bad }\n" * 50, "x", Limits(diagnostics=10)).diagnostics
    assert [one.code for one in found] == ["S003"] * 10 + ["S016"]
    assert found[-1].message == "more than 10 problems in this file; the rest is not shown"
