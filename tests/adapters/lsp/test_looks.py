"""What a text looks like in an editor: the meaning of its words, what folds, and its canonical layout."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from lsprotocol import types

from adapters.lsp.document import Document
from adapters.lsp.folding import folds
from adapters.lsp.formatting import formatted
from adapters.lsp.positions import Encoding, Lines
from adapters.lsp.semantic_tokens import LEGEND, semantic_tokens
from adapters.lsp.symbols import outline
from grammar.format import format_text
from tests.support.effort import examples

POLICIES = Path(__file__).parents[3] / "policies"
TEXTS = tuple(path.read_text(encoding="utf-8") for path in sorted(POLICIES.rglob("*.promo")))
ROUNDS = examples(25, soak=400)


def document(text: str) -> Document:
    return Document("file:///a.promo", "/a.promo", "a.promo", 1, text, Encoding.UTF_16)


def words(text: str, within: types.Range | None = None) -> list[tuple[str, str]]:
    """Return each word with what it is, decoded as an editor does."""
    data = semantic_tokens(document(text), within).data
    lines = [line.encode("utf-16-le") for line in re.split(r"\r\n|\n|\r", text)]
    found = []
    line = character = 0
    for at in range(0, len(data), 5):
        step, forward, length, kind, modifiers = data[at : at + 5]
        line, character = line + step, forward if step else character + forward
        word = lines[line][2 * character : 2 * (character + length)].decode("utf-16-le")
        found.append((word, LEGEND.token_types[kind] + ("!" if modifiers else "")))
    return found


def test_a_keyword_is_one_only_where_the_grammar_has_it() -> None:
    text = "environment test { kind prod }\nflow flow {\n  trigger test\n  step policy after test\n}\n"
    assert words(text) == [
        ("environment", "keyword"),
        ("test", "namespace!"),
        ("kind", "keyword"),
        ("prod", "enumMember"),
        ("flow", "keyword"),
        ("flow", "function!"),
        ("trigger", "keyword"),
        ("test", "namespace"),
        ("step", "keyword"),
        ("policy", "namespace"),
        ("after", "keyword"),
        ("test", "namespace"),
    ]


def test_conditions_strings_comments_and_wide_characters() -> None:
    text = (
        'policy x { # \N{ROCKET} why\n  description "\N{ROCKET}"  when product.labels.a == "a" and not passed qa\n}\n'
    )
    found = words(text)
    assert ("# \N{ROCKET} why", "comment") in found
    assert ('"\N{ROCKET}"', "string") in found
    assert ("product.labels.a", "property") in found
    assert [word for word, kind in found if kind == "operator"] == ["==", "and", "not"]


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_every_word_of_real_texts_is_something(text: str) -> None:
    found = words(text)
    assert all(word for word, _ in found)
    shown = " ".join(word for word, _ in found)
    signs = re.compile(r"[{}\[\](),=\s]+")
    assert signs.sub("", shown) == signs.sub("", text), "nothing is left out, nothing is doubled"
    assert not [word for word, kind in found if kind == "variable"]


def test_words_of_some_lines_are_those_of_the_whole() -> None:
    text = max(TEXTS, key=len)
    lines = Lines(text)
    some = types.Range(types.Position(10, 0), types.Position(20, 0))
    part = text[lines.start(10) : lines.start(21)]
    assert words(text, some) == [(word, kind) for word, kind in words(text, some) if word in part]
    whole = [pair for pair in words(text)]
    assert len(words(text, some)) > 5
    assert " ".join(map(str, words(text, some))) in " ".join(map(str, whole))


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_broken_texts_have_looks_too(seed: int) -> None:
    chance = random.Random(seed)
    text = chance.choice(TEXTS)
    for _ in range(6):
        at = chance.randrange(len(text) + 1)
        text = (
            text[:at]
            + chance.choice(('"', "{", "}", "#", "\r\n", "\N{ROCKET}", "policy", "="))
            + text[at + chance.randrange(9) :]
        )
    assert all(word for word, _ in words(text))
    opened = document(text)
    lasts = [fold.end_line for fold in folds(opened.lines)]
    assert all(0 <= last < opened.lines.count for last in lasts)
    outline(opened)
    # And the edits of formatting are what `promo fmt` writes, or there are none.
    edits, expected = formatted(opened), format_text(text).text
    assert (edits is None) == (expected is None)
    if edits is not None:
        assert applied(text, edits) == expected


def applied(text: str, edits: list[types.TextEdit]) -> str:
    lines = Lines(text)
    for edit in reversed(edits):
        start, end = lines.offset(edit.range.start), lines.offset(edit.range.end)
        text = text[:start] + edit.new_text + text[end:]
    return text


@pytest.mark.parametrize("breaks", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("seed", range(12))
def test_formatting_replaces_only_lines_that_change(seed: int, breaks: str) -> None:
    chance = random.Random(seed)
    text = chance.choice(TEXTS)
    lines = text.split("\n")
    for number in chance.sample(range(len(lines)), min(3, len(lines))):
        lines[number] = re.sub("  +| ", lambda found: found[0] + " " * chance.randrange(3), lines[number].rstrip())
    messy = breaks.join(lines)
    edits = formatted(document(messy))
    assert edits is not None
    assert applied(messy, edits) == format_text(messy).text
    if breaks == "\n":
        touched = sum(edit.range.end.line - edit.range.start.line for edit in edits)
        assert touched <= 40, "a few lines and their neighbours, not the file"


def test_formatting_of_some_lines_leaves_the_others() -> None:
    text = "policy a { action    pr }\n\npolicy b { action    pr }\n"
    edits = formatted(document(text), types.Range(types.Position(0, 0), types.Position(0, 5)))
    assert edits is not None
    assert "policy b { action    pr }" in applied(text, edits)
    assert "policy a {\n  action pr\n}" in applied(text, edits)


def test_what_folds() -> None:
    text = "# one\n# two\npolicy a {\n  action pr\n}\n\nflow f {\n  step b after a {\n    soak 1h\n  }\n}\nwindow { }\n"
    found = [(fold.start_line, fold.end_line) for fold in folds(Lines(text))]
    assert found == [(0, 1), (2, 3), (6, 9), (7, 8)]
