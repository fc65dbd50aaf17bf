"""The first answer to an edit says of the edited declaration what the whole analysis says of it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.lsp.analysis import Analysis, Analyst
from adapters.lsp.document import Document, Edit
from adapters.lsp.positions import Encoding
from adapters.lsp.preview import LOCAL_RULES, joined, preview
from adapters.workspace.configuration import Configuration, LintChoice, LintConfiguration
from adapters.workspace.loading import Gathered
from engine.lint.page import example_files
from engine.lint.registry import RULES
from engine.lint.rule import Rule
from grammar.diagnostics import Diagnostic
from tests.bench.policy_set import policy_set

EVERYTHING = Configuration(lint=LintConfiguration(LintChoice(("all",))))


def analysed(texts: dict[str, str], analyst: Analyst | None = None) -> Analysis:
    promo = [(name, text) for name, text in texts.items() if name.endswith(".promo")]
    manifests = [(name, text) for name, text in texts.items() if not name.endswith(".promo")]
    read = Gathered(Path(), EVERYTHING, texts, promo, manifests, (), len(texts))
    found = (analyst or Analyst()).analyse(read)
    assert found is not None
    return found


def edit(analysis: Analysis, name: str, start: int, end: int, new: str) -> tuple[Document, Edit]:
    """Edit a text as an open document, which shares the analysed declarations."""
    before = analysis.texts[name]
    document = Document("", name, name, 1, before, Encoding.UTF_16)
    document.pieces = analysis.pieces[name]
    text = before[:start] + new + before[end:]
    change = Edit(start, end, start + len(new))
    from adapters.lsp.positions import Lines

    document.lines = Lines(text)
    document.pieces = document.pieces.edited(text, *change)
    return document, change


def about(findings: tuple[Diagnostic, ...], name: str) -> list[tuple[object, ...]]:
    return [
        (one.code, one.span, one.message, one.severity, one.help, one.fix)
        for one in findings
        if one.span.source == name
    ]


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.code in LOCAL_RULES], ids=lambda rule: rule.name)
def test_a_rule_about_one_declaration_finds_by_itself_what_it_finds_in_the_whole(rule: type[Rule]) -> None:
    texts = {"surroundings.promo": policy_set(10).promo_text(), **dict(example_files(rule.avoid))}
    whole = analysed(texts)
    if whole.loaded.broken:
        texts.pop("surroundings.promo")
        whole = analysed(texts)
    found = 0
    for name, text in texts.items():
        if name == "surroundings.promo" or not name.endswith(".promo"):
            continue
        # As if every declaration had just been typed.
        without = analysed({**texts, name: ""})
        document, change = edit(without, name, 0, 0, text)
        shown = [one for one in preview(without, document, change) if one.code in LOCAL_RULES]
        expected = [one for one in whole.findings if one.code in LOCAL_RULES and one.span.source == name]
        if not without.loaded.broken:
            assert about(tuple(shown), name) == about(tuple(expected), name)
            found += sum(one.code == rule.code for one in shown)
    assert found or any(not name.endswith(".promo") for name in texts) or len(texts) > 2


MISTAKES = (
    ("{", "{ window nowhere "),
    ("action", "actoin"),
    ("product.name ==", "product.nme =="),
    ("environment.kind == prod", "environment.kind == production"),
    ("environment.kind == prod", " prod == environment.kind"),
    ("environment.kind == prod", " environment.kind == prod and environment.kind == non-prod"),
    (" }", ""),
    (" }", " soak 2x }"),
)


@pytest.mark.parametrize("seed", range(30))
def test_a_mistake_in_one_declaration_is_shown_as_the_whole_analysis_shows_it(seed: int) -> None:
    chance = random.Random(seed)
    texts = {
        "a.promo": policy_set(100).promo_text() + "\n",
        "b.promo": "window office { days mon from 09:00 to 10:00 }\n",
    }
    analyst = Analyst()
    before = analysed(texts, analyst)
    old, new = MISTAKES[seed % len(MISTAKES)]
    # Among the policies, which come last.
    policies = texts["a.promo"].index("\npolicy ")
    start = chance.choice([at for at in range(policies, len(texts["a.promo"])) if texts["a.promo"].startswith(old, at)])
    document, change = edit(before, "a.promo", start, start + len(old), new)
    shown = preview(before, document, change)
    after = analysed({**texts, "a.promo": document.text}, analyst)
    assert about(shown, "a.promo") == about(after.findings, "a.promo")
    assert about(shown, "a.promo") != about(before.findings, "a.promo")


@given(
    st.text("ab", max_size=30), st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40), st.text("xy", max_size=5)))
)
def test_edits_one_after_the_other_are_covered_by_one(before: str, edits: list[tuple[int, int, str]]) -> None:
    text, hull = before, None
    for first, second, new in edits:
        start, end = sorted((min(first, len(text)), min(second, len(text))))
        text = text[:start] + new + text[end:]
        hull = joined(hull, Edit(start, end, start + len(new)))
    if hull is not None:
        assert 0 <= hull.start <= hull.old_end <= len(before)
        assert before[: hull.start] + text[hull.start : hull.new_end] + before[hull.old_end :] == text
