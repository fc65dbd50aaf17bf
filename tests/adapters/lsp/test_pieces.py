"""A text that is parsed again only where it was edited gives what parsing all of it gives."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from adapters.lsp.pieces import Pieces
from grammar import parser
from grammar.parser import parse
from tests.bench.policy_set import policy_set
from tests.support.effort import examples

POLICIES = Path(__file__).parents[3] / "policies"
ROUNDS = examples(40, soak=2_000)
TEXTS = tuple(path.read_text(encoding="utf-8") for path in sorted(POLICIES.rglob("*.promo")))
FRAGMENTS = (
    *("}", "{", '"', "#", "\n", "\r\n", "\r", "  ", "\n\n", ",", "\ufeff", "\u202e", "\N{ROCKET}", "\u00e9", "\ud800"),
    *(
        "policy x {",
        'flow "t" {',
        "require",
        'require\nflow "t" {',
        " when product.name",
        "window w {",
        "test",
        '"open',
    ),
    *("kind: Foo\n", '{"a"', "environment prod { kind prod }", "step qa after", "priority 3", "\x0b", "description "),
)


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_edits_give_what_a_parse_of_the_whole_text_gives(seed: int) -> None:
    chance = random.Random(seed)
    text = chance.choice((*TEXTS, ""))
    if chance.random() < 0.3:
        text = text.replace("\n", "\r\n")
    pieces = Pieces.of("a.promo", text)
    for _ in range(12):
        start = chance.randrange(len(text) + 1)
        end = min(len(text), start + chance.choice((0, 0, 0, 1, 1, 3, 20, 200)))
        other = chance.randrange(len(text) + 1)
        new = chance.choice(FRAGMENTS) if chance.random() < 0.7 else text[other : other + chance.randrange(60)]
        new = "" if chance.random() < 0.2 else new
        text = text[:start] + new + text[end:]
        pieces = pieces.edited(text, start, end, start + len(new))
        whole, expected = Pieces.of("a.promo", text), parse(text, "a.promo")
        assert pieces.starts == whole.starts
        assert [piece.length for piece in pieces.pieces] == [piece.length for piece in whole.pieces]
        # Spans take no part in equality, and here they matter.
        assert repr(pieces.parsed()) == repr(expected)


def test_only_the_declaration_that_was_edited_is_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    text = policy_set(100).promo_text()
    pieces = Pieces.of("a.promo", text)
    parsed: list[str] = []
    monkeypatch.setattr(
        "adapters.lsp.pieces.parse_declaration",
        lambda text, source, base: parsed.append(text) or parser.parse_declaration(text, source, base),
    )
    for start in (text.index("policy policy-50 ") + 20, text.index("environment"), len(text) - 4):
        parsed.clear()
        text = f"{text[:start]} {text[start:]}"
        pieces = pieces.edited(text, start, start, start + 1)
        assert len(parsed) <= 2
        before = len(parsed)
        assert pieces.parsed() == parse(text, "a.promo")
        assert len(parsed) == before, "asking for the whole parses nothing again"


def test_a_text_that_is_too_large_is_told_of_and_not_parsed() -> None:
    text = "#" * 8_000_001
    pieces = Pieces.of("a.promo", text)
    assert [found.code for found in pieces.parsed().diagnostics] == ["S009"]
    smaller = pieces.edited("policy x { action pr }", 0, len(text), 22)
    assert len(list(smaller.declarations())) == 1
    assert [found.code for found in smaller.edited(text, 0, 22, len(text)).parsed().diagnostics] == ["S009"]
