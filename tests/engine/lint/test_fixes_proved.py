"""Fixes, proved: what `promo diff` says of texts before and after all of their fixes.

Safe fixes change nothing, for any product and environment that could exist. Fixes that are to be looked at may;
what each of them changes is listed, with the reason why that is what the rule is about.
"""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings

from adapters.cli.main import run
from engine.lint.registry import RULES
from engine.lint.rule import Rule
from engine.verify.diff import Difference, Strictness, compare
from grammar.diagnostics import FixSafety
from tests.support.gitrepo import git_environment
from tests.support.lint_world import Texts, findings, fixed, texts_of, workspace_of
from tests.support.lintable_conditions import written_conditions

FIXABLE = [rule for rule in RULES if rule.fix is not None]
SAFE, ALL = {FixSafety.SAFE}, {FixSafety.SAFE, FixSafety.UNSAFE}


def proved(before: Texts, after: Texts) -> Difference:
    """Compare two workspaces; whatever is not proved fails the test."""
    found = compare(workspace_of(before), workspace_of(after))
    assert found.unknown == ()
    return found


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_safe_fixes_of_an_example_change_nothing(rule: type[Rule]) -> None:
    before = texts_of(rule.avoid)
    after, _ = fixed(before, SAFE)
    assert (after != before) >= (rule.fix is FixSafety.SAFE), "its own fix, at least, is applied"
    assert proved(before, after).empty


class Changing(NamedTuple):
    """A fix that is to be looked at: a workspace, and everything that is different after it."""

    rule: str
    text: str
    changes: tuple[tuple[str, str, Strictness], ...]
    why: str


_WORLD = """
environment dev { kind non-prod }

environment qa { kind non-prod }

environment staging { kind non-prod }

policy everywhere { action commit }

flow standard {
  trigger dev
  step qa      after dev
  step staging after AFTER
  timeout 2h
}
"""

CHANGING = [
    Changing(
        "L309",
        _WORLD.replace("AFTER", "qa, dev"),
        (("flow `standard`", "step `staging` comes after `qa`, no longer after `qa` and `dev`", Strictness.LOOSER),),
        "the order stays as it is, since `qa` comes after `dev`; but nothing says `dev` any more, and a soak time in "
        "`staging` would no longer be about it",
    ),
    Changing(
        "L309",
        _WORLD.replace("AFTER", "dev, qa"),
        (("flow `standard`", "step `staging` comes after `qa`, no longer after `dev` and `qa`", Strictness.LOOSER),),
        "values are copied from the first environment: from `qa` now, where `dev` was written first",
    ),
]
"""One entry for each way in which a fix may change something."""


@pytest.mark.parametrize("changing", CHANGING, ids=lambda changing: f"{changing.rule}-{changing.changes[0][1]}")
def test_what_an_unsafe_fix_changes(changing: Changing) -> None:
    before = texts_of(changing.text)
    own = [found for found in findings(before) if found.fix is not None]
    assert {found.code for found in own} == {changing.rule}
    assert fixed(before, SAFE)[0] == before
    after, _ = fixed(before, ALL)
    found = proved(before, after)
    assert tuple((one.subject, one.text, one.strictness) for one in found.changes) == changing.changes
    assert (found.regions, found.triggers) == ((), ())


def test_every_unsafe_fix_is_argued() -> None:
    unsafe = {rule.code for rule in FIXABLE if rule.fix is not FixSafety.SAFE}
    assert {changing.rule for changing in CHANGING} == unsafe
    assert all(changing.why for changing in CHANGING)


@settings(max_examples=60)
@given(written_conditions())
def test_safe_fixes_of_any_condition_are_proved(condition: str) -> None:
    """In each place that has a condition about products and environments, at once."""
    before = {
        "example.promo": f"""
environment prod {{ kind prod }}
product a {{ labels team = "x" }}
policy everywhere {{ action commit }}
policy p priority 10 {{ when {condition} action pr }}
access p {{ teams t allow retry when {condition} }}
freeze p {{ from 2026-12-20 to 2027-01-02 when {condition} }}
require p "so" {{ when {condition} that not not (action == pr or soak > 1h or action == commit) }}
"""
    }
    after, _ = fixed(before, SAFE)
    assert proved(before, after).empty


STYLES = """
environment dev { kind non-prod }
environment prod { kind prod }
product shop { labels team = "payments" }
flow standard { trigger dev  step prod after dev  timeout 2h }
policy everywhere { action commit }
policy reviewed priority 10 {
  when not (prod != environment.kind) and not not product.labels.team in ["payments"]
    and (product.name == shop or product.name == till)
  action pr
}
"""


def test_the_commands_say_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`promo lint --fix` on a committed file, and `promo diff` against the commit."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "promo.toml").write_text("", encoding="utf-8")
    (tmp_path / "rules.promo").write_text(STYLES, encoding="utf-8")
    for arguments in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message", "before"]):
        subprocess.run(["git", *arguments], cwd=tmp_path, env=git_environment(), check=True, timeout=60)
    assert run(["lint", "--fix"]) == 0
    text = (tmp_path / "rules.promo").read_text(encoding="utf-8")
    assert 'when environment.kind == prod and product.labels.team == "payments"' in text
    assert "product.name in [shop, till]" in text
    capsys.readouterr()
    assert run(["diff"]) == 0
    assert "no semantic change" in capsys.readouterr().out
