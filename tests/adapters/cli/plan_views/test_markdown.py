"""The plan as a comment on a pull request, read back with a Markdown parser."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from markdown_it import MarkdownIt
from markdown_it.token import Token

from adapters.cli.plan_views import markdown
from adapters.cli.plan_views.markdown_text import cell, code, fenced, sentence
from engine.plan.nodes import Plan
from tests.support.plans import EVIL, SAMPLES, application, change, fan_out, linear, plan, step
from tests.support.random_plans import PLANS

GOLDEN = Path(__file__).parents[3] / "golden" / "plan_views"
PARSER = MarkdownIt("gfm-like", {"linkify": False, "html": True})
OURS = re.compile(r"</?(details|summary|code|br)>")


def tokens(text: str) -> list[Token]:
    return PARSER.parse(text)


def leaves(found: list[Token]) -> Iterator[Token]:
    for token in found:
        yield from leaves(token.children) if token.children else [token]


def check_safe(text: str) -> None:
    """Fail when anything but our own elements is HTML, or anything outside code mentions or references something."""
    depth = 0
    for leaf in leaves(tokens(text)):
        assert leaf.type not in ("image", "link_open"), leaf
        if leaf.type == "html_inline":
            assert OURS.fullmatch(leaf.content), leaf.content
            depth += {"<code>": 1, "</code>": -1}.get(leaf.content, 0)
        elif leaf.type == "html_block":
            inside = re.sub(r"<code>[^<>]*</code>", "", leaf.content)
            assert not re.search(r"[@#]|<(?!/?(?:details|summary)>)", inside), leaf.content
        elif leaf.type == "text" and not depth:
            assert not re.search(r"@\w|#\d|GH-\d|://|www\.", leaf.content), leaf.content
    assert depth == 0
    assert text.count("<details>") == text.count("</details>")


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_golden(name: str, golden: Callable[[Path, str], None]) -> None:
    golden(GOLDEN / f"{name}.md", markdown.render(SAMPLES[name]))


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_nothing_breaks_out_and_nobody_is_mentioned(name: str) -> None:
    check_safe(markdown.render(SAMPLES[name]))


@given(PLANS)
@settings(max_examples=60, deadline=None)
def test_every_plan_can_be_shown_safely(plan: Plan) -> None:
    shown = markdown.render(plan)

    check_safe(shown)
    assert all(character.isprintable() or character in "\n\t" for character in shown)
    check_safe(markdown.render(plan, limit=3_000))


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_every_diff_is_one_code_block(name: str) -> None:
    expected = [
        changed.diff
        for planned in SAMPLES[name].steps
        for applied in planned.applications
        for changed in applied.changes
    ]
    blocks = [token.content for token in tokens(markdown.render(SAMPLES[name])) if token.info == "diff"]

    assert len(blocks) == len(expected)
    if name != "hostile":
        assert blocks == [diff.replace("\r", "\\r") for diff in expected]


def test_the_picture_is_a_mermaid_block() -> None:
    (picture,) = [token for token in tokens(markdown.render(fan_out())) if token.info == "mermaid"]

    assert picture.content.startswith("flowchart LR\n")


@pytest.mark.parametrize("name", ["linear", "fan_out", "blocked", "hostile"])
def test_the_table_has_a_row_for_every_step_and_six_columns(name: str) -> None:
    found = tokens(markdown.render(SAMPLES[name]))

    assert sum(token.type == "tr_open" for token in found) == len(SAMPLES[name].steps) + 1
    assert sum(token.type == "td_open" for token in found) == len(SAMPLES[name].steps) * 6


def test_what_is_in_the_table_reads_as_it_was_meant() -> None:
    rendered = PARSER.render(markdown.render(SAMPLES["linear"]))

    assert "<code>office-hours</code> is open until 2026-11-02T17:00+01:00" in rendered


def test_blockers_come_before_everything_else_and_only_causes() -> None:
    shown = markdown.render(SAMPLES["blocked"])
    head = shown[: shown.index("| |")]

    assert "### Blockers" in head
    assert "P010" in head
    assert "P001" in head
    assert "P015" not in head
    assert "### Blockers" not in markdown.render(linear())


def big() -> Plan:
    """A plan whose diffs alone are longer than a comment may be."""
    before, after = ("".join(f"{word} {number}\n" for number in range(2_000)) for word in ("old", "new"))
    steps = tuple(
        step(name, (earlier,), applications=(application(name, earlier, changes=(change("a.txt", before, after),)),))
        for name, earlier in (("qa", "dev"), ("prod", "qa"), ("dr", "prod"))
    )
    return plan(steps)


def test_a_comment_is_never_longer_than_it_may_be_and_says_what_is_missing() -> None:
    shown = markdown.render(big())
    blocks = [token.content.count("\n") for token in tokens(shown) if token.info == "diff"]

    assert markdown.LIMIT * 0.98 < len(shown) <= markdown.LIMIT
    check_safe(shown)
    assert blocks[0] == 4_003
    assert 0 < blocks[1] < 4_003
    missing = re.search(r"_(\d+) more lines are left out", shown)
    assert missing is not None
    assert blocks[1] + int(missing[1]) == 4_003
    assert shown.count("This diff is left out") == 1


@pytest.mark.parametrize("limit", [30_000, 6_000, 3_000, 2_000, 1_200, 900])
def test_ever_more_is_left_out_as_room_shrinks(limit: int) -> None:
    shown = markdown.render(big(), limit)

    assert len(shown) <= limit
    check_safe(shown)
    assert "too long" in shown
    assert "**Plan: 3 environments change (3 files).**" in shown


def test_when_even_the_table_is_too_long_it_says_how_many_rows_are_missing() -> None:
    wide = plan(tuple(step(f"environment-{number}", ("dev",)) for number in range(2_000)))
    shown = markdown.render(wide)
    rows = sum(token.type == "tr_open" for token in tokens(shown)) - 2
    missing = re.search(r"_(\d+) more are left out_", shown)

    assert len(shown) <= markdown.LIMIT
    assert missing is not None
    assert rows + int(missing[1]) == 2_000


@pytest.mark.parametrize("text", [EVIL, "a|b", "`", "``a", "\\", "a\\|b", "@team", "plain", " x ", "<b>", "&amp;"])
def test_code_shows_exactly_the_text(text: str) -> None:
    shown = re.sub(r"\n", r"\\n", re.sub(r"\r", r"\\r", text)).replace("\x1b", "\\x1b").replace("\u202e", "\\u202e")
    rendered = PARSER.renderInline(code(text))
    in_table = PARSER.render(f"| a |\n|---|\n| {cell(code(text))} |\n")

    assert html.unescape(rendered) == f"<code>{shown}</code>"
    assert (
        html.escape(shown, quote=False).replace('"', "&quot;") in in_table or html.unescape(in_table).count(shown) == 1
    )
    assert in_table.count("<td>") == 1


@pytest.mark.parametrize(
    ("text", "rendered"),
    [
        ("`a` is not in `b|c`", "<code>a</code> is not in <code>b|c</code>"),
        ("see https://example.com/issues/1 and @team, #12", "see <code>https://example.com/issues/1</code>"),
        ("half `open", "half `open"),
        ("2. second", "2. second"),
        ("- dash", "- dash"),
        ("<b>*bold*</b> _x_ [a](b) ~~c~~", "&lt;b&gt;*bold*&lt;/b&gt; _x_ [a](b) ~~c~~"),
        ("", ""),
    ],
)
def test_sentences_show_what_they_say(text: str, rendered: str) -> None:
    assert rendered in PARSER.render(f"- {sentence(text)}")
    assert PARSER.render(f"- {sentence(text)}").count("<li>") == 1


@pytest.mark.parametrize("inside", ["```", "a\n`````\nb", "~~~", "no fence", "", "\t`"])
def test_a_fence_is_longer_than_any_inside(inside: str) -> None:
    (block,) = tokens(fenced(inside, "diff"))

    assert block.type == "fence"
    assert block.content.removesuffix("\n") == inside
