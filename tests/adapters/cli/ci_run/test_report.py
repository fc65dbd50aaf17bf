"""The report: what was found, and nothing that could mention, link or break out."""

from __future__ import annotations

from adapters.cli.ci_run.checks import Check, Ran, Verdict
from adapters.cli.ci_run.report import report

DIFF = Check("diff", Verdict.NOTED, "the meaning changes, see above", Ran(1, "## What changes\n\n- one\n", ""))
PASSED = Check("lint", Verdict.PASSED, "no findings", Ran(0, "no findings\n", ""))


def test_the_difference_comes_first_then_the_checks() -> None:
    assert report([PASSED, DIFF]) == (
        "## What changes\n\n- one\n\n"
        "|  | check |  |\n|---|---|---|\n"
        "| ✅ | `promo lint` | no findings |\n"
        "| ⚠️ | `promo diff` | the meaning changes, see above |\n"
    )


def test_without_a_difference_there_is_a_title() -> None:
    assert report([PASSED]).startswith("## promo\n\n|")
    assert report([Check("diff", Verdict.NOTED, "nothing names a base")]).startswith("## promo\n\n|")


def test_a_failed_check_shows_what_it_says() -> None:
    text = report([Check("lint", Verdict.FAILED, "1 error", Ran(1, "error: `x`\n1 error\n", "more\n"))])
    assert text.endswith(
        "<details><summary>What <code>promo lint</code> says</summary>\n\n"
        "```text\nerror: `x`\n1 error\nmore\n```\n\n</details>\n"
    )


def test_foreign_text_is_inert() -> None:
    foreign = "@everyone | <img src=x> ``` #1 https://evil.example"
    text = report([Check("lint", Verdict.FAILED, foreign, Ran(1, f"```\n</details>{foreign}\n", ""))])
    row = next(line for line in text.splitlines() if line.startswith("| ❌"))
    assert row.count("|") == 4
    assert "<img" not in row
    assert " @everyone" not in row
    assert "\n````text\n```\n" in text


def test_a_long_output_is_cut_at_a_line() -> None:
    text = report([Check("lint", Verdict.FAILED, "many", Ran(1, "0123456789\n" * 1000, ""))])
    assert len(text) < 5_000
    assert "0123456789\n... the job's log has the rest\n```\n" in text
