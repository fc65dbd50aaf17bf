"""What is said of common mistakes: code, message, advice, and a fix that mends them."""

from __future__ import annotations

import pytest

from grammar.diagnostics import Diagnostic
from grammar.parser import parse

MISTAKES = [
    # durations, times and dates
    ("policy x { soak 2 }", "S001", "a duration such as `2h` after `soak`, found `2`", "write `2h`", "2h"),
    ("policy x { soak 2 h }", "S001", "found `2 h`", "write `2h`", "2h"),
    ("policy x { soak 90 minutes }", "S001", "found `90 minutes`", "write `1h30m`", "1h30m"),
    ("policy x { soak 1.5h }", "S001", "found `1.5h`", "write `1h30m`", "1h30m"),
    ("policy x { soak 1m2h }", "S001", "found `1m2h`", "write `2h1m`", "2h1m"),
    ('policy x { soak "2h" }', "S001", 'found `"2h"`', "write `2h`", "2h"),
    ("flow f { timeout 60 }", "S001", "found `60`", "write `60m`", "60m"),
    ("window w { from 9:00 to 17:00 }", "S001", "a time such as `09:00`", "write `09:00`", "09:00"),
    ("window w { from 09:00 to 5pm }", "S001", "found `5pm`", "write `17:00`", "17:00"),
    ("window w { from 09:00 - 17:00 }", "S001", "expected `to`, found `-`", "write `to`", "to"),
    ("freeze f { from 20.12.2026 to 2027-01-02 }", "S001", "found `20.12.2026`", "write `2026-12-20`", "2026-12-20"),
    ("freeze f { from 2026-1-2 to 2027-01-02 }", "S001", "found `2026-1-2`", "write `2026-01-02`", "2026-01-02"),
    ("freeze f { from 2026-12-20 18:00 to 2027-01-02 }", "S001", "one word", "`2026-12-20T18:00`", "2026-12-20T18:00"),
    ("freeze f { from 2026-12-20T18:00Z to 2027-01-02 }", "S001", "T18:00Z`", 'zone "UTC"', "2026-12-20T18:00"),
    ("freeze f { from 2026-12-20 until 2027-01-02 }", "S001", "expected `to`", "did you mean `to`?", "to"),
    ('policy x { approvals "2" }', "S001", "how many approvals", "write `2`", "2"),
    ("policy x priority 1.5 {}", "S001", "`1.5` is not a whole number", "numbers are whole", None),
    # conditions
    ("policy x { when environment.kind = prod }", "S018", "`=` is not an operator", "write `==`", "=="),
    ("policy x { when a === b }", "S018", "`===` is not an operator", "write `==`", "=="),
    ("policy x { when a == b && c == d }", "S018", "`&&` is not an operator", "write `and`", "and"),
    ("policy x { when a == b || c == d }", "S018", "`||` is not an operator", "write `or`", "or"),
    ("policy x { when !a == b }", "S018", "`!` is not an operator", "write `not`", "not"),
    ('policy x { when a =~ "b" }', "S018", "`=~` is not an operator", "write `matches`", "matches"),
    ("policy x { when a == b AND c == d }", "S018", "they are lower case", "write `and`", "and"),
    ("policy x { when a \u2264 5 }", "S018", "`\u2264` is not an operator", "write `<=`", "<="),
    ("policy x { when a is b }", "S001", "expected a comparison", "write `==`", "=="),
    ("policy x { when a }", "S001", "expected a comparison such as `==`, `!=`, `in` or `matches`, found `}`", "", None),
    ("policy x { when and a == b }", "S001", "expected a condition before `and`", "joins two", None),
    ("policy x { when a == b c == d }", "S001", "expected `and` or `or` before `c`", "join", None),
    ("policy x { when a in b, c }", "S018", "`,` has no place here", "in brackets, as in `in [qa, staging]`", None),
    ("policy x { when a in (b, c) }", "S001", "found `(`", "square brackets, as in `in [qa, staging]`", None),
    ("policy x { when a == [b] }", "S001", "a value such as", "write `in [qa, staging]`", None),
    ("policy x { when a in [b c] }", "S021", "`,` is missing between `b` and `c`", "", None),
    ("policy x { when a in [b, c }", "S020", "`[` is not closed", "add the `]`", None),
    ("policy x { when (a == b }", "S020", "`(` is not closed", "add the `)`", None),
    ("policy x { when a == b) }", "S013", "`)` closes nothing", "remove it", ""),
    ("policy x { when a matches prod-* }", "S019", "`prod-*` must stand in quotes", 'write "prod-*"', '"prod-*"'),
    ('policy x { when product.labels[team] == "a" }', "S001", "found `[`", 'product.labels["team"]', None),
    ('policy x { when product. == "a" }', "S001", "only half a reference", "`product.name`", None),
    ("require r { that a == b, c == d }", "S018", "does not join conditions", "`and` or `or`", None),
    # names and strings
    ("policy my_policy { }", "S019", "`my_policy` must stand in quotes", 'write "my_policy"', '"my_policy"'),
    ("policy a/b { }", "S019", "`a/b` must stand in quotes", 'write "a/b"', '"a/b"'),
    ("policy my new {}", "S019", "`my new` must stand in quotes", 'write "my new"', '"my new"'),
    ("environment e { cluster https://c }", "S019", "`https://c` must stand", 'write "https://c"', '"https://c"'),
    ("environment \u00fcn\u00ef {}", "S019", "`\u00fcn\u00ef` must stand", 'write "\u00fcn\u00ef"', '"\u00fcn\u00ef"'),
    ("policy x { description hello world }", "S019", "`hello world`", 'write "hello world"', '"hello world"'),
    ("policy x { labels a = b }", "S019", "label values are strings", 'write "b"', '"b"'),
    ("policy x { labels a: \"b\" }", "S018", "`:` does not stand in labels", 'write `a = "..."`', " ="),
    ('policy x { description \'a b\' }', "S018", "double quotes", 'write "a b"', '"a b"'),
    ('policy x { description "a }', "S012", "not closed on its line", "end it with", None),
    ('policy x { description "a\\qb" }', "S004", "`\\q` is not an escape", "the escapes are", None),
    ('policy "" { }', "S007", "must not be empty", "", None),
    # characters
    ("p\u043elicy x { }", "S022", "U+043E CYRILLIC SMALL LETTER O", "write `policy`", "policy"),
    ("policy x\u00a0{ }", "S022", "U+00A0 NO-BREAK SPACE", "write a space", " "),
    ("policy x { description \u201ca\u201d }", "S022", "LEFT DOUBLE QUOTATION MARK", "straight double quotes", '"'),
    ("environment e { kind non\u2013prod }", "S022", "U+2013 EN DASH", "write `-`", "-"),
    ("policy x { \x00 }", "S022", "U+0000 a control character", "", " "),
    ('policy x { description "a\u202e" }', "S023", "RIGHT-TO-LEFT OVERRIDE", "write `\\u{202e}`", None),
    ('policy x { description "\ud800" }', "S022", "U+D800", "UTF-8", None),
    # words
    ("polcy x { }", "S002", "`polcy` does not begin a declaration", "did you mean `policy`?", "policy"),
    ("env dev { }", "S002", "`env` does not begin", "did you mean `environment`?", "environment"),
    ('import "x"', "S002", "`import`", "files need no import", None),
    ("policy x { acton pr }", "S003", "`acton` is not an attribute of policy `x`", "did you mean `action`?", "action"),
    ("policy x { approvals 2 of a }", "S003", "`of`", "did you mean `from`?", "from"),
    ("policy x { priority 5 }", "S003", "`priority`", "before the brace: `policy x priority 100 {`", None),
    ("policy x 100 { }", "S001", "found `100`", "write `priority 100`", "priority 100"),
    ("policy x { rollback on failure }", "S003", "`failure`", "write `on-failure`", None),
    ("policy x { pre-action smoke tests }", "S003", "`tests`", 'stands in quotes: "smoke tests"', None),
    ("flow f { action pr }", "S003", "`action` is not an attribute of flow `f`", "settings belong to a step", None),
    ("flow f { onFailure x }", "S003", "`onFailure`", "did you mean `on failure`?", "on failure"),
    ("flow f { step qa depends-on dev }", "S001", "expected `after`", "did you mean `after`?", "after"),
    ("flow f { step qa }", "S001", "expected `after`", "as in `step qa after dev`", None),
    ("flow f { trigger dev, qa }", "S018", "a flow has one trigger", "`step qa after dev`", None),
    ("flow f { step qa after dev { when a == b } }", "S003", "`when` is not an attribute of a step", "policies", None),
    ("require r { passed qa }", "S003", "`passed`", "write `that passed qa`", None),
    ("environment e { namespaces a }", "S003", "`namespaces`", "belong to a cluster", None),
    ('test "x" { expect prod }', "S001", "expected `{`", "write `expect ENV { action pr }`", None),
    ('test "x" { commit title "m" }', "S001", "found `title`", "did you mean `message`?", "message"),
    ('product p { version "a" }', "S001", "expected a JSONPath in double quotes after the file", "", None),
    # marks
    ("policy x { action: pr }", "S018", "`:` has no place here", "as in `action pr`", ""),
    ("policy x { action = pr }", "S018", "`=` has no place here", "as in `action pr`", ""),
    ("policy x { action pr; soak 1h }", "S018", "`;` has no place", "remove it", ""),
    ("policy x { action pr, soak 1h }", "S018", "`,` has no place here", "remove it", ""),
    ("access a { allow promote retry }", "S021", "between `promote` and `retry`", "stand apart by `,`", None),
    ('policy x { labels a = "b", }', "S021", "`,` with nothing behind it", "remove it", ""),
    ("product p { applications [a] }", "S001", "found `[`", "no brackets, as in `applications a, b`", None),
    ("policy x { action pr", "S011", "policy `x` is not closed", "add the `}`", None),
    ("policy x { } }", "S013", "`}` closes nothing", "", None),
    ("// a\npolicy x { }", "S018", "`//` begins no comment", "comments begin with `#`", None),
    ("<<<<<<< HEAD\npolicy x { }", "S018", "a merge conflict is not resolved", "keep one side", None),
    ("apiVersion: v1\nkind: Pod\n", "S015", "this is YAML", "`promo import FILE -o DIR`", None),
    ('{"a": 1}', "S015", "this is JSON", "", None),
]  # fmt: skip


def only(text: str) -> Diagnostic:
    (found,) = parse(text, "x.promo").diagnostics
    return found


@pytest.mark.parametrize(("text", "code", "message", "advice", "write"), MISTAKES)
def test_a_mistake_is_named_and_advice_given(
    text: str, code: str, message: str, advice: str, write: str | None
) -> None:
    found = only(text)
    assert found.code == code
    assert message in found.message
    assert advice in found.help
    if write is not None:
        assert found.fix is not None
        assert found.fix.edits[0].text == write


@pytest.mark.parametrize("text", [row[0] for row in MISTAKES if row[4] is not None])
def test_applying_a_fix_removes_the_finding(text: str) -> None:
    found = only(text)
    assert found.fix is not None
    mended = text
    for edit in reversed(found.fix.edits):
        mended = mended[: edit.span.start] + edit.text + mended[edit.span.end :]
    assert (found.code, found.message) not in {(left.code, left.message) for left in parse(mended).diagnostics}


@pytest.mark.parametrize("text", [row[0] for row in MISTAKES])
def test_what_is_marked_lies_in_the_text(text: str) -> None:
    found = only(text)
    assert 0 <= found.span.start < found.span.end <= len(text) + 1


def test_a_broken_declaration_does_not_hide_the_others() -> None:
    text = "policy a { bad }\npolicy b { action pr }\npolicy c {\n  worse\n}\nenvironment d { kind prod }\n"
    parsed = parse(text)
    assert [found.message for found in parsed.diagnostics] == [
        "`bad` is not an attribute of policy `a`",
        "`worse` is not an attribute of policy `c`",
    ]
    assert len(parsed.file.declarations) == 2


def test_an_unclosed_declaration_ends_where_the_next_begins() -> None:
    parsed = parse("policy a {\n  action pr\npolicy b {\n  action pr\n}\n")
    assert [(found.code, found.span.start) for found in parsed.diagnostics] == [("S011", 9)]
    assert len(parsed.file.declarations) == 1


def test_long_words_are_shortened_in_messages() -> None:
    for text in ("x" * 100_000, f"policy {'a_' * 50_000} {{}}", f"policy x {{ soak {'1h' * 50_000} }}"):
        found = only(text)
        assert len(found.message) < 300
        assert len(found.help) < 500
