"""Which rules are asked, and what findings weigh."""

from __future__ import annotations

import pytest

from engine.lint.registry import RULE_BY_CODE, RULES
from engine.lint.selection import Choice, Selection
from grammar.diagnostics import Severity

DEFAULT = {rule.code for rule in RULES if rule.by_default}


def asked(*choices: Choice) -> set[str]:
    selection = Selection(choices, RULE_BY_CODE)
    return {code for code in RULE_BY_CODE if selection.has(code)}


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (Choice(), DEFAULT),
        (Choice(("default",)), DEFAULT),
        (Choice(("all",)), set(RULE_BY_CODE)),
        (Choice(("L304",)), {"L304"}),
        (Choice(("yoda-condition",)), {"L304"}),
        (Choice(("migration",)), {"L401", "L402", "L403", "L404", "L405"}),
        (Choice(("L40",)), {"L401", "L402", "L403", "L404", "L405"}),
        (Choice(("default", "missing-description")), DEFAULT | {"L314"}),
        (Choice(("all",), ("style", "L1", "safety", "L0")), {"L401", "L402", "L403", "L404", "L405"}),
        (Choice((), ()), set()),
    ],
)
def test_one_choice(choice: Choice, expected: set[str]) -> None:
    assert asked(choice) == expected


def test_a_later_choice_adds_to_what_is_ignored() -> None:
    assert asked(Choice(("migration",), ("L401",)), Choice(None, ("L402",))) == {"L403", "L404", "L405"}


def test_a_later_selection_replaces_an_earlier_one() -> None:
    assert asked(Choice(("style",), ("L401",)), Choice(("L401",))) == {"L401"}


def test_findings_of_reading_are_selected_by_their_code() -> None:
    assert Selection([Choice()], RULE_BY_CODE).has("M032")
    assert not Selection([Choice(("style",))], RULE_BY_CODE).has("M032")
    assert not Selection([Choice(None, ("M032",))], RULE_BY_CODE).has("M032")


def test_the_more_particular_weight_counts() -> None:
    general = Choice(None, (), {"style": Severity.INFO, "L3": Severity.ERROR, "naming": Severity.WARNING})
    selection = Selection([general, Choice(None, (), {"L310": Severity.ERROR})], RULE_BY_CODE)
    assert selection.severity("L302", Severity.INFO) is Severity.WARNING
    assert selection.severity("L310", Severity.INFO) is Severity.ERROR
    assert selection.severity("L304", Severity.INFO) is Severity.ERROR
    assert selection.severity("L101", Severity.INFO) is Severity.INFO
