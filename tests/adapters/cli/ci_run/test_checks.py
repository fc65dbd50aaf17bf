"""What each check means for a change, and what the run ends with."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.cli.ci_run.checks import Check, Ran, Verdict, diff_check, exit_code, plain_check
from adapters.cli.exit_codes import ExitCode

FOLDER = Path("policies")


class Promo:
    """Answers in place of promo, by the name of the command, and notes how it was called."""

    def __init__(self, **codes: int) -> None:
        self.codes = codes
        self.calls: list[list[str]] = []

    def __call__(self, arguments: list[str]) -> Ran:
        self.calls.append(arguments)
        return Ran(self.codes[arguments[0]], f"about {arguments[0]}\nthe last line\n", "")


@pytest.mark.parametrize(
    ("step", "level", "options"),
    [
        ("lint", None, []),
        ("lint", "info", ["--fail-level", "info"]),
        ("lint", "never", ["--fail-level", "never"]),
        ("verify", None, []),
        ("verify", "error", ["--fail-level", "error"]),
        ("verify", "info", ["--fail-level", "warning"]),
        ("verify", "never", []),
        ("test", "never", []),
    ],
)
def test_a_level_becomes_one_that_the_command_has(step: str, level: str | None, options: list[str]) -> None:
    promo = Promo(lint=0, verify=0, test=0)
    assert plain_check(step, FOLDER, level, promo).verdict is Verdict.PASSED
    assert promo.calls == [[step, "-C", "policies", *options]]


@pytest.mark.parametrize("step", ["lint", "verify", "test"])
@pytest.mark.parametrize("code", [1, 2, 3, 70])
def test_anything_but_success_fails(step: str, code: int) -> None:
    check = plain_check(step, None, None, Promo(**{step: code}))
    assert (check.verdict, check.summary) == (Verdict.FAILED, "the last line")
    assert exit_code([check]) == code


def test_findings_of_proofs_can_be_allowed_and_nothing_else() -> None:
    assert plain_check("verify", None, "never", Promo(verify=1)).verdict is Verdict.NOTED
    assert plain_check("verify", None, "never", Promo(verify=2)).verdict is Verdict.FAILED
    assert plain_check("verify", None, "never", Promo(verify=3)).verdict is Verdict.FAILED
    assert plain_check("test", None, "never", Promo(test=1)).verdict is Verdict.FAILED


@pytest.mark.parametrize(
    ("code", "verdict"),
    [(0, Verdict.PASSED), (1, Verdict.NOTED), (2, Verdict.FAILED), (3, Verdict.NOTED), (70, Verdict.FAILED)],
)
def test_a_difference_is_said_and_stops_nothing(code: int, verdict: Verdict) -> None:
    promo = Promo(diff=code, check=2)
    assert diff_check("0123456789abcdef", False, FOLDER, promo).verdict is verdict
    assert promo.calls[0] == ["diff", "-C", "policies", "--format", "markdown", "0123456789ab", "HEAD"]


def test_who_repairs_what_is_broken_is_not_stopped_because_it_was() -> None:
    check = diff_check("0123456789abcdef", False, FOLDER, Promo(diff=2, check=0))
    assert check.verdict is Verdict.NOTED
    assert "the base is not valid" in check.summary


def test_nothing_to_compare_with_is_said() -> None:
    promo = Promo()
    assert "give one with `--base`" in diff_check(None, False, None, promo).summary
    assert diff_check("0123456789abcdef", True, None, promo).verdict is Verdict.PASSED
    assert promo.calls == []


@pytest.mark.parametrize(
    ("codes", "expected"), [([], 0), ([3, 1], 1), ([1, 2], 2), ([2, 70], 70), ([3], 3), ([137], 70), ([4, 1], 4)]
)
def test_the_worst_code_counts(codes: list[int], expected: int) -> None:
    passed = Check("diff", Verdict.NOTED, "", Ran(ExitCode.FINDINGS, "", ""))
    checks = [Check("lint", Verdict.FAILED, "", Ran(code, "", "")) for code in codes]
    assert exit_code([passed, *checks]) == expected
