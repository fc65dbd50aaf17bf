"""Comments that silence findings."""

from __future__ import annotations

import pytest

from engine.lint.directives.comment import directives
from engine.lint.fixing import apply_fixes
from engine.lint.selection import Choice
from grammar.diagnostics import FixSafety
from grammar.span import SourceText
from tests.support.lint_world import codes, findings

YODA = "policy p {\n  when prod == environment.kind\n  action pr\n}\n"


def test_a_finding_is_silenced_on_its_line() -> None:
    assert codes(YODA) == ["L304", "L314"][::-1]
    silenced = YODA.replace("kind\n", "kind # promo: ignore[L304] it reads well\n")
    assert codes(silenced) == ["L314"]


@pytest.mark.parametrize("selector", ["L304", "yoda-condition", "style", "L3"])
def test_a_rule_is_named_in_several_ways(selector: str) -> None:
    silenced = YODA.replace("kind\n", f"kind # promo: ignore[{selector}] it reads well\n")
    assert codes(silenced) == ["L314"]


def test_a_comment_of_its_own_line_is_about_the_next_line() -> None:
    text = YODA.replace("  when", "  # promo: ignore[L304] it reads well\n\n  # and more to say\n  when")
    assert codes(text) == ["L314"]


def test_a_file_can_be_silenced() -> None:
    assert codes(f"# promo: ignore-file[style] from before we had rules\n{YODA}") == []


def test_only_what_is_named_is_silenced() -> None:
    text = YODA.replace("kind\n", "kind # promo: ignore[L101] it reads well\n")
    assert codes(text) == ["L314", "L304", "L003"]


def test_a_directive_in_a_string_is_a_string() -> None:
    text = 'policy p {\n  description "# promo: ignore[L304] x"\n  when prod == environment.kind\n  action pr\n}\n'
    assert codes(text) == ["L304"]


def test_a_reason_is_asked_for() -> None:
    text = YODA.replace("kind\n", "kind # promo: ignore[L304]\n")
    assert codes(text) == ["L314", "L002"]


@pytest.mark.parametrize(
    ("comment", "message"),
    [
        ("ignore[yoda-conditoin] why", "there is no rule `yoda-conditoin`"),
        ("ignore[L999] why", "there is no rule `L999`"),
        ("ignore why", "nothing is named that is to be ignored"),
        ("ignore[] why", "nothing is named that is to be ignored"),
        ("allow[L304] why", "`allow` is nothing promo can be told in a comment"),
    ],
)
def test_what_cannot_be_read_is_said(comment: str, message: str) -> None:
    text = YODA.replace("kind\n", f"kind # promo: {comment}\n")
    found = {one.code: one for one in findings(text)}
    assert found["L001"].message == message
    assert "L304" in found


def test_an_unused_directive_goes_and_nothing_else() -> None:
    text = (
        "# promo: ignore-file[L308] no patterns\n"
        "policy p {\n"
        "  # promo: ignore[L304] once it was needed\n"
        "  when environment.kind == prod # promo: ignore[L303, L304] so was this\n"
        "  action pr\n"
        "} # the end\n"
    )
    found = findings(text, [Choice(("L003", "L303", "L304", "L308"))])
    assert [one.code for one in found] == ["L003"] * 3
    texts, applied = apply_fixes(found, {"example.promo": text}, {FixSafety.SAFE})
    assert len(applied) == 3
    assert texts["example.promo"] == "policy p {\n  when environment.kind == prod\n  action pr\n} # the end\n"


def test_a_selector_that_is_needed_stays() -> None:
    text = YODA.replace("kind\n", "kind # promo: ignore[L303, L304] reads well\n")
    (found,) = findings(text, [Choice(("L003", "L303", "L304"))])
    texts, _ = apply_fixes([found], {"example.promo": text}, {FixSafety.SAFE})
    assert "kind # promo: ignore[L304] reads well\n" in texts["example.promo"]


def test_a_rule_that_is_not_asked_leaves_its_directive_alone() -> None:
    text = "policy p {\n  when environment.kind == prod # promo: ignore[L304] x\n  action pr\n}\n"
    assert findings(text, [Choice(("L003", "L303"))]) == ()


MANIFEST = """apiVersion: codefresh.io/v1beta1
kind: PromotionPolicy
metadata:
  name: Reviewed  {comment}
  annotations:
    note: "it's # promo: ignore[L302] in a string"
    other: it's # promo: ignore[L308] a comment
spec:
  priority: 1
  selector: {{product: {{names: [shop]}}}}
  policy: {{action: pr}}
"""


def test_comments_of_manifests_are_read_too() -> None:
    loud = {"p.yaml": MANIFEST.format(comment="")}
    assert [one.code for one in findings(loud, [Choice(("L302",))])] == ["L302"]
    quiet = {"p.yaml": MANIFEST.format(comment="# promo: ignore[naming] as the cluster has it")}
    assert findings(quiet, [Choice(("L302", "L003"))]) == ()
    assert [one.code for one in findings(quiet, [Choice(("L308", "L003"))])] == ["L003"]


@pytest.mark.parametrize("text", ["", "# promo:", "# promo: ignore[", "# promo: ignore[L1", '"# promo: ignore[L101]'])
def test_any_text_can_be_looked_through(text: str) -> None:
    for name in ("a.promo", "a.yaml"):
        assert all(found.span.end <= len(text) for found in directives(SourceText(name, text)))
