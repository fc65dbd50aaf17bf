"""Whatever the text, the parser answers with declarations and diagnostics, as lark would."""

from __future__ import annotations

import os
from random import Random

from grammar.format import format_text
from grammar.parser import Parsed, parse
from grammar.render import render
from grammar.span import SourceText
from tests.support.generate import promo_text
from tests.support.lark_oracle import accepts
from tests.support.mutation import mutated

EXAMPLES = int(os.environ.get("PROMO_FUZZ_EXAMPLES", "5000"))

BEYOND_THE_GRAMMAR = {"S004", "S005", "S006", "S007", "S008", "S010", "S023"}
"""Codes of findings in texts that are grammatical."""

EVERY_DECLARATION = """\
environment dev { kind non-prod  cluster "https://in" namespaces a, b  tags x }
product p { flow f when message matches "*x*" or revision not in [main, "a b"]  promote "f" "$.a", "$.b" }
template t priority 5 { version "Chart.yaml" "$.v"  when product.labels["a/b"] == 5 }
require r "title" { when not (a == b or c < 2h)  that passed qa and approvals >= 2 }
window w { days mon to fri, sun  from 09:00 to 17:00  zone "Europe/Berlin" }
freeze f { from 2026-12-20 to 2027-01-02T06:00 }
access a { teams t, u  allow promote, retry }
test "x" { product p  commit message "m" branch "b"  at 2026-12-24  expect no flow  expect qa { soak 1h } }
test "y" { expect order a, b  expect blocked prod by w  expect flow { action pr }  expect flow flow }
"""


def texts(random: Random) -> list[str]:
    generated = [promo_text(1, seed) for seed in range(3)]
    return [mutated(random.choice([EVERY_DECLARATION, *generated]), random) for _ in range(EXAMPLES)]


def check_places(text: str, parsed: Parsed) -> None:
    for found in parsed.diagnostics:
        for span in (found.span, *(label.span for label in found.labels)):
            assert 0 <= span.start <= span.end <= len(text) + 1
        for edit in found.fix.edits if found.fix else ():
            assert 0 <= edit.span.start <= edit.span.end <= len(text)


def test_broken_texts_give_diagnostics_in_their_bounds() -> None:
    for text in texts(Random(1)):
        check_places(text, parse(text, "x.promo"))


def test_diagnostics_of_broken_texts_can_be_shown() -> None:
    for text in texts(Random(3))[: EXAMPLES // 10]:
        sources = {"x.promo": SourceText("x.promo", text)}
        for found in parse(text, "x.promo").diagnostics:
            assert render(found, sources).replace("\n", "").isprintable()


def test_the_formatter_refuses_exactly_the_broken_texts() -> None:
    for text in texts(Random(4))[: EXAMPLES // 5]:
        broken = any(found.is_error for found in parse(text).diagnostics)
        assert (format_text(text).text is None) == broken


def test_accepts_exactly_what_lark_accepts() -> None:
    for text in texts(Random(2))[: EXAMPLES // 5]:
        if "\ud800" in text:  # no encoding can write it, so it is refused before it is read
            continue
        syntax = {found.code for found in parse(text).diagnostics} - BEYOND_THE_GRAMMAR
        assert (syntax == set()) == accepts(text), text
