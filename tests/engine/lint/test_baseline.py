"""What makes a finding known."""

from __future__ import annotations

from engine.lint.baseline import fingerprint, unknown_findings
from grammar.diagnostics import Diagnostic, Severity
from grammar.span import SourceText, Span

TEXT = SourceText("a.promo", "one\n  two\nthree\n")


def found(start: int, code: str = "L101", message: str = "m") -> Diagnostic:
    return Diagnostic(code, Severity.ERROR, message, Span(start, start + 1, "a.promo"))


def test_lines_may_move_and_be_indented() -> None:
    moved = SourceText("a.promo", "zero\none\ntwo\n")
    assert fingerprint(found(6), "a.promo", TEXT) == fingerprint(found(9), "a.promo", moved)


def test_whatever_is_said_makes_another_finding() -> None:
    prints = {
        fingerprint(found(6), "a.promo", TEXT),
        fingerprint(found(0), "a.promo", TEXT),
        fingerprint(found(6), "b.promo", TEXT),
        fingerprint(found(6, "L102"), "a.promo", TEXT),
        fingerprint(found(6, message="n"), "a.promo", TEXT),
        fingerprint(found(6), "a.promo", None),
    }
    assert len(prints) == 6


def test_as_many_as_are_known_are_taken_out() -> None:
    findings = [found(6), found(6), found(0)]
    own = fingerprint(found(6), "a.promo", TEXT)
    new, gone = unknown_findings(findings, {own: 1, "other": 2}, lambda one: fingerprint(one, "a.promo", TEXT))
    assert new == (found(6), found(0))
    assert gone == ("other",)
