"""What holds for every rule: how it is listed, documented and shown by its examples."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.lint.page import rule_page
from engine.lint.registry import RULE_BY_CODE, RULE_BY_NAME, RULES
from engine.lint.rule import Category, Rule
from grammar.format import format_text
from tests.support.lint_world import findings, texts_of

ROOT = Path(__file__).parents[3]
DIGITS = {
    Category.DIRECTIVES: "0",
    Category.CORRECTNESS: "1",
    Category.SAFETY: "2",
    Category.STYLE: "3",
    Category.MIGRATION: "4",
}

each_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.code}-{rule.name}")


def test_there_is_one_rule_of_a_code_and_of_a_name() -> None:
    assert len(RULE_BY_CODE) == len(RULE_BY_NAME) == len(RULES) >= 35
    assert list(RULE_BY_CODE) == sorted(RULE_BY_CODE)


def test_every_rule_that_is_written_is_listed() -> None:
    folder = ROOT / "engine" / "lint"
    files = [path for category in Category for path in (folder / category.value).glob("*.py")]
    written = {
        code for path in files for code in re.findall(r'^    code = "(L\d{3})"$', path.read_text(), re.MULTILINE)
    }
    assert written == set(RULE_BY_CODE)


@each_rule
def test_a_rule_says_what_it_is(rule: type[Rule]) -> None:
    assert re.fullmatch(rf"L{DIGITS[rule.category]}\d\d", rule.code)
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.name)
    assert rule.summary[0].isupper()
    assert not rule.summary.endswith(".")
    assert rule.why.endswith(".")
    assert rule.__doc__
    assert rule.check.__doc__
    assert "See the attributes" not in rule.__doc__


@each_rule
def test_a_rule_finds_what_is_to_be_avoided(rule: type[Rule]) -> None:
    found = findings(rule.avoid, only=rule, options=rule.example_options)
    assert found
    assert {one.severity for one in found} == {rule.severity}
    assert all(one.message[0].islower() or one.message[0] == "`" for one in found)
    assert all(not one.message.endswith(".") and one.help for one in found)
    texts = texts_of(rule.avoid)
    assert all(0 <= one.span.start < one.span.end <= len(texts[one.span.source]) for one in found)
    assert all("\n" not in texts[one.span.source][one.span.start : one.span.end][:-1] or one.code for one in found)


@each_rule
def test_a_rule_accepts_what_is_preferred(rule: type[Rule]) -> None:
    assert findings(rule.prefer, only=rule, options=rule.example_options) == ()


@each_rule
def test_what_is_preferred_is_without_any_finding(rule: type[Rule]) -> None:
    """But for what an example leaves out to stay short, which is nothing that is found by default."""
    default = [one for one in findings(rule.prefer) if RULE_BY_CODE[one.code].by_default]
    assert default == []


@each_rule
def test_examples_are_written_as_promo_fmt_would(rule: type[Rule]) -> None:
    for name, text in {**texts_of(rule.avoid), **texts_of(rule.prefer)}.items():
        if name.endswith(".promo"):
            assert format_text(text).text == text


@each_rule
def test_a_rule_has_its_page(rule: type[Rule], golden: Callable[[Path, str], None]) -> None:
    golden(ROOT / "docs" / "rules" / f"{rule.name}.md", rule_page(rule))


def test_no_page_is_without_its_rule() -> None:
    assert {path.stem for path in (ROOT / "docs" / "rules").glob("*.md")} == {*RULE_BY_NAME, "README"}


def test_the_pages_are_listed(golden: Callable[[Path, str], None]) -> None:
    lines = ["# Rules of `promo lint`", ""]
    for category in Category:
        lines += [f"## {category.value}", "", "| Code | Rule | | Fix | |", "|---|---|---|---|---|"]
        for rule in RULES:
            if rule.category is category:
                weight = rule.severity.value if rule.by_default else "only where selected"
                fix = rule.fix.value if rule.fix is not None else ""
                lines.append(f"| {rule.code} | [{rule.name}]({rule.name}.md) | {weight} | {fix} | {rule.summary}. |")
        lines.append("")
    golden(ROOT / "docs" / "rules" / "README.md", "\n".join(lines))


def test_the_codes_stand_in_the_table_of_codes() -> None:
    table = (
        (ROOT / "docs" / "diagnostics.md").read_text(encoding="utf-8").partition("\n## L: ")[2].partition("\n## ")[0]
    )
    rows = re.findall(r"^\| (L\d{3}) \| (\w+) \| (.+?) \| \[(.+?)\]\(rules/(.+?)\.md\) \|$", table, re.MULTILINE)
    assert rows == [(rule.code, rule.severity.value, f"{rule.summary}.", rule.name, rule.name) for rule in RULES]
